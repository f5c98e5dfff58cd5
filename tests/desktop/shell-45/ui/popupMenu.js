// SPDX-License-Identifier: GPL-2.0-or-later
// Stands in for the Shell's menus: what the toggle uses of them, with items that can be looked at.
const Signals = imports.signals;

class Item {
    constructor(label = '', state = false) {
        this.label = {text: label};
        this.state = state;
        this.visible = true;
    }

    activate() {
        this.emit('activate');
    }

    toggle() {
        this.state = !this.state;
        this.emit('toggled', this.state);
    }
}
Signals.addSignalMethods(Item.prototype);

export class PopupSeparatorMenuItem extends Item {}
export class PopupSwitchMenuItem extends Item {}

export class PopupMenuSection {
    constructor() {
        this.items = [];
    }

    addMenuItem(item) {
        this.items.push(item);
    }

    addAction(label, callback) {
        const item = new Item(label);
        item.connect('activate', callback);
        this.addMenuItem(item);
        return item;
    }

    removeAll() {
        this.items = [];
    }
}

export class PopupMenu extends PopupMenuSection {
    setHeader(icon, title, subtitle) {
        this.header = [icon, title, subtitle];
    }
}
