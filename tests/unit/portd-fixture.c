/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "portd-fixture.h"

static void
ask (const CsPortdRequest *request, CsPortdAnswer *answer, gpointer user_data)
{
  PortdFixture *fixture = user_data;

  fixture->asked++;
  fixture->request = *request;
  *answer = fixture->answer;
}

void
portd_fixture_init (PortdFixture *fixture)
{
  static const CsPortdSettings settings = {
    .gateway = CS_CIDR4 (192, 168, 137, 1, 24),
    .networks = { CS_CIDR4 (192, 168, 137, 0, 24),
                  { { AF_INET6, { 0x20, 0x01, 0x0d, 0xb8, 0, 1 } }, 64 } },
    .external = CS_IPV4 (198, 51, 100, 7),
    .uuid = { 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xaa, 0xbb, 0xcc,
              0xdd, 0xee, 0xff, 0x00 },
    .host_name = "desk <&>",
  };

  *fixture = (PortdFixture){
    .gateway = { .settings = settings, .epoch = 0x1234, .ask = ask },
    .answer = { .result = CS_PORTD_DONE,
                .protocol = 6,
                .port = 8080,
                .to_port = 80,
                .lifetime = 3600,
                .name = "Game" },
  };
  fixture->gateway.user_data = fixture;
}
