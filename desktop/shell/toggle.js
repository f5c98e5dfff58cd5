
const NAME = 'org.connshare1';
const PATH = '/org/connshare1';
const MANAGER = 'org.connshare1.Manager';
const SHARE = 'org.connshare1.Share';
const APP = 'org.connshare1.Gtk';
const ICON = 'org.connshare1.Gtk-symbolic';
const RETURN_DELAY = 1; // s

// What the user had last, in a file that the application shares: (LAN, WAN, options).
class LastShare {
    constructor() {
        this._path = GLib.build_filenamev([GLib.get_user_config_dir(), 'connshare', 'last-share']);
    }

    read() {
        try {
            const [, bytes] = GLib.file_get_contents(this._path);
            return GLib.Variant.parse(new GLib.VariantType('(ssa{sv})'),
                new TextDecoder().decode(bytes), null, null);
        } catch (e) {
            return null;
        }
    }

    write(variant) {
        GLib.mkdir_with_parents(GLib.path_get_dirname(this._path), 0o700);
        GLib.file_set_contents_full(this._path, variant.print(true),
            GLib.FileSetContentsFlags.CONSISTENT, 0o600);
    }
}

// The shares, as the service has them; changed() is called when they have.
class Service {
    constructor(changed) {
        this.shares = [];
        this._changed = changed;
        this._cancellable = new Gio.Cancellable();
        this._subscriptions = [];
        this._delay = 0;
        this._watch = Gio.bus_watch_name(Gio.BusType.SYSTEM, NAME,
            Gio.BusNameWatcherFlags.NONE,
            connection => this._appeared(connection), () => this._vanished());
    }

    _appeared(connection) {
        this._connection = connection;
        this._unsubscribe();
        const refresh = () => this._refresh();
        this._subscriptions = [
            connection.signal_subscribe(NAME, 'org.freedesktop.DBus.ObjectManager', null, PATH,
                null, Gio.DBusSignalFlags.NONE, refresh),
            connection.signal_subscribe(NAME, 'org.freedesktop.DBus.Properties',
                'PropertiesChanged', null, SHARE, Gio.DBusSignalFlags.NONE, refresh),
        ];
        this._refresh();
    }

    // Shares outlive the service, which is called back to tell what has become of them; it also
    // ends by itself when nothing is shared.
    _vanished() {
        this._unsubscribe();
        if (this.shares.length === 0 || this._delay !== 0)
            return;
        this._delay = GLib.timeout_add_seconds(GLib.PRIORITY_DEFAULT, RETURN_DELAY, () => {
            this._delay = 0;
            this._refresh();
            return GLib.SOURCE_REMOVE;
        });
    }

    _unsubscribe() {
        this._subscriptions.forEach(id => this._connection.signal_unsubscribe(id));
        this._subscriptions = [];
    }

    async _refresh() {
        try {
            const reply = await this.call(PATH, 'org.freedesktop.DBus.ObjectManager',
                'GetManagedObjects', null, false);
            const [objects] = reply.deepUnpack();
            this.shares = Object.entries(objects)
                .filter(([, interfaces]) => SHARE in interfaces)
                .map(([path, interfaces]) => this._read(path, interfaces[SHARE]))
                .sort((a, b) => a.lan.localeCompare(b.lan));
        } catch (e) {
            if (e.matches?.(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED))
                return;
            this.shares = [];
        }
        this._changed();
    }

    _read(path, properties) {
        const get = (name, otherwise) =>
            name in properties ? properties[name].deepUnpack() : otherwise;
        return {
            path,
            lan: get('Lan', ''),
            wan: get('Wan', ''),
            ssid: get('Ssid', ''),
            state: get('State', ''),
            clients: get('ClientCount', null),
            options: properties['Options'],
            adopted: get('Source', 'user') === 'adopted',
        };
    }

    // A call that changes something may show a password dialog, which takes its time.
    call(path, iface, method, parameters, change) {
        return new Promise((resolve, reject) => {
            const flags = change
                ? Gio.DBusCallFlags.ALLOW_INTERACTIVE_AUTHORIZATION : Gio.DBusCallFlags.NONE;
            (this._connection ?? Gio.DBus.system).call(NAME, path, iface, method, parameters,
                null, flags, change ? GLib.MAXINT32 : -1, this._cancellable, (source, result) => {
                    try {
                        resolve(source.call_finish(result));
                    } catch (e) {
                        reject(e);
                    }
                });
        });
    }

    destroy() {
        this._cancellable.cancel();
        this._unsubscribe();
        Gio.bus_unwatch_name(this._watch);
        if (this._delay !== 0)
            GLib.source_remove(this._delay);
    }
}

const SharingToggle = GObject.registerClass(
class SharingToggle extends QuickSettings.QuickMenuToggle {
    _init() {
        super._init({iconName: ICON, toggleMode: false});
        // Shell 44 has a title and a subtitle; 43 has a label only.
        if ('title' in this)
            this.title = _('Sharing');
        else
            this.label = _('Sharing');
        this._last = new LastShare();
        this._busy = false;
        this._shares = new PopupMenu.PopupMenuSection();
        this.menu.addMenuItem(this._shares);
        this._join = this.menu.addAction(_('Show QR Code'), () => this._openApp('join'));
        this.menu.addMenuItem(new PopupMenu.PopupSeparatorMenuItem());
        this.menu.addAction(_('Connection Sharing Settings'), () => this._openApp());
        this._service = new Service(() => this._sync());
        this.connect('clicked', () => this._toggle());
        this.connect('destroy', () => this._service.destroy());
        this._sync();
    }

    _sync() {
        const shares = this._service.shares;
        this.checked = shares.length > 0;
        const subtitle = this._describe(shares);
        if ('subtitle' in this)
            this.subtitle = subtitle;
        this.menu.setHeader(ICON, _('Connection Sharing'), subtitle ?? _('Off'));
        this._join.visible = shares.some(share => share.ssid !== '');
        this._shares.removeAll();
        shares.forEach(share => this._shares.addMenuItem(this._newItem(share)));
    }

    // "2 devices, Wi-Fi"
    _describe(shares) {
        if (shares.length === 0)
            return null;
        const where = shares.map(share => share.ssid || share.lan).join(', ');
        if (shares.some(share => share.state !== 'active'))
            // Translators: a share that is not active yet; %s is a network, as in "wlan0"
            return _('%s, waiting').format(where);
        if (shares.some(share => share.clients === null))
            return where;
        const clients = shares.reduce((sum, share) => sum + share.clients, 0);
        // Translators: as in "2 devices, Home Network"
        return ngettext('%d device, %s', '%d devices, %s', clients).format(clients, where);
    }

    _newItem(share) {
        const name = share.ssid ? `${share.ssid} (${share.lan})` : share.lan;
        const item = new PopupMenu.PopupSwitchMenuItem(name, true);
        item.connect('toggled', () => this._run(() => this._stop([share])));
        return item;
    }

    async _toggle() {
        if (this._service.shares.length > 0) {
            await this._run(() => this._stop(this._service.shares));
            return;
        }
        const last = this._last.read();
        if (last === null)
            this._openApp();
        else
            await this._run(() => this._service.call(PATH, MANAGER,
                'ShareConnectionWithOptions', last, true));
    }

    // One at a time; what has failed is looked into in the application.
    async _run(action) {
        if (this._busy)
            return;
        this._busy = true;
        try {
            await action();
        } catch (e) {
            if (!e.matches?.(Gio.IOErrorEnum, Gio.IOErrorEnum.CANCELLED)) {
                logError(e, NAME);
                Main.notify(_('Sharing could not be changed'),
                    _('Open Connection Sharing to see what helps.'));
            }
        } finally {
            this._busy = false;
        }
    }

    async _stop(shares) {
        // A hotspot of the settings ends with this, and is turned on there.
        const own = shares.find(share => !share.adopted);
        if (own)
            await this._remember(own);
        for (const share of shares) {
            // eslint-disable-next-line no-await-in-loop
            await this._service.call(PATH, MANAGER, 'StopSharing',
                new GLib.Variant('(s)', [share.lan]), true);
        }
    }

    // With the password, so that devices find the same network the next time.
    async _remember(share) {
        const options = share.options.deepUnpack();
        if (share.ssid !== '') {
            try {
                const reply = await this._service.call(share.path, SHARE, 'GetWifi', null, false);
                const [wifi] = reply.deepUnpack();
                options['ssid'] = wifi['ssid'];
                if (wifi['passphrase'].deepUnpack() !== '')
                    options['passphrase'] = wifi['passphrase'];
            } catch (e) {
                // Who may not see the password gets another one the next time.
            }
        }
        delete options['force'];
        this._last.write(new GLib.Variant('(ssa{sv})', [share.lan, share.wan, options]));
    }

    _openApp(action = null) {
        Main.overview.hide();
        Main.panel.closeQuickSettings();
        const app = Shell.AppSystem.get_default().lookup_app(`${APP}.desktop`);
        if (app === null) {
            Main.notify(_('Connection Sharing is not installed'), '');
            return;
        }
        if (action === null) {
            app.activate();
            return;
        }
        Gio.DBus.session.call(APP, `/${APP.replaceAll('.', '/')}`, 'org.freedesktop.Application',
            'ActivateAction', new GLib.Variant('(sava{sv})', [action, [], {}]), null,
            Gio.DBusCallFlags.NONE, -1, null, null);
    }
});

const SharingIndicator = GObject.registerClass(
class SharingIndicator extends QuickSettings.SystemIndicator {
    _init() {
        super._init();
        const toggle = new SharingToggle();
        const icon = this._addIndicator();
        icon.iconName = ICON;
        toggle.bind_property('checked', icon, 'visible', GObject.BindingFlags.SYNC_CREATE);
        this.quickSettingsItems.push(toggle);
        this.connect('destroy', () => this.quickSettingsItems.forEach(item => item.destroy()));
    }
});
