/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Connection Sharing, the desktop application. */
#include "application.h"
#include "config.h"
#include "errors.h"

#include <glib/gi18n-lib.h>

int
main (int argc, char **argv)
{
  g_autoptr (CsApplication) application = NULL;

  bindtextdomain (GETTEXT_PACKAGE, CS_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
  cs_error_register ();
  application = cs_application_new ();
  return g_application_run (G_APPLICATION (application), argc, argv);
}
