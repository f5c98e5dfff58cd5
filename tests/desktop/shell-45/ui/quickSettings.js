// SPDX-License-Identifier: GPL-2.0-or-later
// Stands in for the Shell's quick settings: objects with the properties and signals that the toggle
// uses of them, without actors.
import GObject from 'gi://GObject';

import {PopupMenu} from './popupMenu.js';

const text = name => GObject.ParamSpec.string(name, '', '', GObject.ParamFlags.READWRITE, '');
const flag = name => GObject.ParamSpec.boolean(name, '', '', GObject.ParamFlags.READWRITE, false);

const Actor = GObject.registerClass({
    Properties: {'icon-name': text('icon-name'), 'visible': flag('visible')},
    Signals: {'destroy': {}},
}, class Actor extends GObject.Object {
    destroy() {
        this.emit('destroy');
    }
});

export const QuickMenuToggle = GObject.registerClass({
    Properties: {
        'title': text('title'), 'subtitle': text('subtitle'), 'checked': flag('checked'),
        'toggle-mode': flag('toggle-mode'),
    },
    Signals: {'clicked': {}},
}, class QuickMenuToggle extends Actor {
    _init(properties) {
        super._init(properties);
        this.menu = new PopupMenu();
    }
});

export const SystemIndicator = GObject.registerClass(
class SystemIndicator extends Actor {
    _init() {
        super._init();
        this.quickSettingsItems = [];
        this.icons = [];
    }

    _addIndicator() {
        this.icons.push(new Actor());
        return this.icons.at(-1);
    }
});
