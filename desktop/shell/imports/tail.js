
class SharingExtension {
    enable() {
        this._indicator = new SharingIndicator();
        Main.panel.statusArea.quickSettings._indicators.add_child(this._indicator);
        Main.panel.statusArea.quickSettings._addItems(this._indicator.quickSettingsItems);
    }

    disable() {
        this._indicator.destroy();
        this._indicator = null;
    }
}

function init() {
    ExtensionUtils.initTranslations();
    return new SharingExtension();
}
