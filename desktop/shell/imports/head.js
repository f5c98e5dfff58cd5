// SPDX-License-Identifier: GPL-2.0-or-later
// For GNOME Shell 43 and 44; made of head.js, ../toggle.js and tail.js.
/* exported init */
'use strict';

const { Gio, GLib, GObject, Shell } = imports.gi;
const ExtensionUtils = imports.misc.extensionUtils;
const Main = imports.ui.main;
const PopupMenu = imports.ui.popupMenu;
const QuickSettings = imports.ui.quickSettings;
const Gettext = imports.gettext.domain('connshare');
const _ = Gettext.gettext;
const ngettext = Gettext.ngettext;
