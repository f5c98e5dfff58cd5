/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The leases are not in the directory but where AppArmor's profile for dnsmasq allows
 * them; dnsmasq opens them once, before it becomes another user. */
#include "dnsmasq-files.h"

#include "dns-user.h"

#include "base/errno-words.h"
#include "base/files.h"
#include "core/render/dnsmasq-config.h"
#include "core/value/leases.h"
#include "dbus/errors.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

gboolean
cs_dnsmasq_files_have (const char *directory, const char *config)
{
  g_autofree char *path = g_build_filename (directory, "dnsmasq.conf", NULL);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) && g_str_equal (text, config);
}

static gboolean
fail (const char *path, GError **error)
{
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "cannot write %s: %s", path,
               cs_errno_words (errno));
  return FALSE;
}

static gboolean
write_leases (const CsSharePlan *share, gboolean rebooted, GError **error)
{
  g_autofree char *path = cs_dnsmasq_leases (share->lan);
  gint64 until = rebooted ? g_get_real_time () / G_USEC_PER_SEC + CS_LEASE_TIME : 0;
  g_autofree char *before = NULL;
  g_autofree char *text = NULL;
  CsAddress first, last;
  int fd = g_open (path, O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);

  if (fd < 0)
    return fail (path, error);
  close (fd);
  before = cs_file_read (path, error);
  if (before == NULL)
    return FALSE;
  cs_dhcp_range (share->address, &first, &last);
  text = cs_leases_resume (before, first, last, until);
  return g_str_equal (text, before) || cs_file_write (path, text, error);
}

/* (gid_t)-1: none. */
static gid_t
find_group (void)
{
  g_autofree char *user = NULL;
  g_autofree char *name = NULL;
  const struct group *group = NULL;
  uid_t id;

  if (cs_dns_user_find (&user, &name, &id) && name != NULL)
    group = getgrnam (name);
  return group != NULL ? group->gr_gid : (gid_t)-1;
}

/* Whoever has dnsmasq's group may read it, as dnsmasq must; without one, dnsmasq is
 * nobody, and reads it only when it starts. The file is made by that group, rather than
 * given to it, which takes a right (CAP_CHOWN) that the service does not have. */
gboolean
cs_dnsmasq_files_write_hosts (const CsSharePlan *share, gboolean *changed, GError **error)
{
  g_autofree char *path = cs_dnsmasq_hosts (share->lan);
  g_autofree char *text = cs_dnsmasq_hosts_render (share);
  g_autofree char *before = cs_file_read (path, NULL);
  gid_t group;
  int own_group;
  gboolean done;

  *changed = g_strcmp0 (text, before) != 0;
  if (!*changed)
    return TRUE;
  group = find_group ();
  own_group = setfsgid (group);
  done = cs_file_write (path, text, error);
  setfsgid ((gid_t)own_group);
  if (done && group != (gid_t)-1 && g_chmod (path, 0640) != 0)
    g_debug ("%s: %s", path, cs_errno_words (errno));
  return done;
}

/* An earlier version made the directory readable for everybody. */
gboolean
cs_dnsmasq_files_write (const char *directory,
                        const CsSharePlan *share,
                        const char *config,
                        GError **error)
{
  g_autofree char *path = g_build_filename (directory, "dnsmasq.conf", NULL);
  gboolean rebooted = !g_file_test (directory, G_FILE_TEST_IS_DIR);
  gboolean changed;

  if (g_mkdir_with_parents (directory, 0700) < 0 || g_chmod (directory, 0700) < 0)
    return fail (directory, error);
  return write_leases (share, rebooted, error)
         && cs_dnsmasq_files_write_hosts (share, &changed, error)
         && cs_file_write (path, config, error);
}

gboolean
cs_dnsmasq_files_remove (const char *path, const char *lan, GError **error)
{
  g_autofree char *leases = cs_dnsmasq_leases (lan);
  g_autofree char *hosts = cs_dnsmasq_hosts (lan);
  g_autoptr (GError) cause = NULL;
  g_autoptr (GDir) directory = g_dir_open (path, 0, &cause);
  const char *name;

  if (!cs_file_remove (leases, error) || !cs_file_remove (hosts, error))
    return FALSE;
  if (g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    return TRUE;
  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *file = g_build_filename (path, name, NULL);

      if (!cs_file_remove (file, error))
        return FALSE;
    }
  if (directory != NULL && g_rmdir (path) == 0)
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "cannot remove %s: %s", path,
               cause != NULL ? cause->message : cs_errno_words (errno));
  return FALSE;
}

static gboolean
is_of_any (const char *file, const char *const *lans)
{
  for (; *lans != NULL; lans++)
    {
      g_autofree char *leases = cs_dnsmasq_leases (*lans);
      g_autofree char *hosts = cs_dnsmasq_hosts (*lans);

      if (g_str_equal (file, leases) || g_str_equal (file, hosts))
        return TRUE;
    }
  return FALSE;
}

/* After a restart of the computer, the ledger in @runtime_dir, which would lead to their
 * removal, is gone. */
void
cs_dnsmasq_files_sweep (const char *runtime_dir, const char *const *lans)
{
  g_autoptr (GDir) folder = g_dir_open (CS_LEASES_DIR, 0, NULL);
  const char *name;

  while (folder != NULL && (name = g_dir_read_name (folder)) != NULL)
    {
      g_autofree char *path = g_build_filename (CS_LEASES_DIR, name, NULL);
      g_autofree char *directory = cs_dnsmasq_directory_of_file (runtime_dir, name);

      if (directory != NULL && !g_file_test (directory, G_FILE_TEST_IS_DIR)
          && !is_of_any (path, lans))
        g_unlink (path);
    }
}
