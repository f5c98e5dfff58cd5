/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names the user's own group as well, because dnsmasq would otherwise use the group
 * "dip", if it exists, which may read how this computer dials. */
#include "dns-user.h"

#include <grp.h>
#include <pwd.h>

#define NOBODY 65534

static gboolean
find (const char *name, char **user, char **group, uid_t *id)
{
  struct passwd *found = NULL, entry;
  struct group *own = NULL, group_entry;
  char buffer[4096], group_buffer[4096];

  if (getpwnam_r (name, &entry, buffer, sizeof buffer, &found) != 0 || found == NULL
      || found->pw_uid == 0)
    return FALSE;
  if (getgrgid_r (found->pw_gid, &group_entry, group_buffer, sizeof group_buffer, &own)
      != 0)
    own = NULL;
  *user = g_strdup (name);
  *group = own != NULL ? g_strdup (own->gr_name) : NULL;
  *id = found->pw_uid;
  return TRUE;
}

gboolean
cs_dns_user_find (char **user, char **group, uid_t *id)
{
  *user = *group = NULL;
  *id = NOBODY;
  return find ("dnsmasq", user, group, id) || find ("connshare-dns", user, group, id);
}
