// SPDX-License-Identifier: GPL-2.0-or-later
// `gjs -m run.js EXTENSION.js`: enables the extension as GNOME Shell 45 does, on the stand-ins beside
// this file (G_RESOURCE_OVERLAYS), and answers each line of JavaScript with its value as JSON.
import Gio from 'gi://Gio';
import GLib from 'gi://GLib';
import Shell from 'gi://Shell';
import System from 'system';

import * as Main from 'resource:///org/gnome/shell/ui/main.js';

const app = {activate: () => Main.told.push(['activate'])};
globalThis.apps = {'org.connshare1.Gtk.desktop': app};
Shell.AppSystem.get_default = () => ({lookup_app: name => globalThis.apps[name] ?? null});

const loop = new GLib.MainLoop(null, false);
const input = new Gio.DataInputStream({base_stream: new Gio.UnixInputStream({fd: 0})});

const answer = (_, result) => {
    const [line] = input.read_line_finish_utf8(result);
    if (line === null) {
        loop.quit();
        return;
    }
    print(JSON.stringify((0, eval)(line) ?? null));
    input.read_line_async(GLib.PRIORITY_DEFAULT, null, answer);
};

const enable = ({default: Extension}) => {
    globalThis.Main = Main;
    globalThis.extension = new Extension({});
    globalThis.extension.enable();
    [globalThis.indicator] = Main.panel.statusArea.quickSettings.indicators;
    [globalThis.toggle] = globalThis.indicator.quickSettingsItems;
    input.read_line_async(GLib.PRIORITY_DEFAULT, null, answer);
};

// Not awaited: a loop within would keep promises from going on.
import(`file://${System.programArgs[0]}`).then(enable).catch(error => {
    logError(error);
    loop.quit();
});
loop.run();
