
export default class SharingExtension extends Extension {
    enable() {
        this._indicator = new SharingIndicator();
        Main.panel.statusArea.quickSettings.addExternalIndicator(this._indicator);
    }

    disable() {
        this._indicator.destroy();
        this._indicator = null;
    }
}
