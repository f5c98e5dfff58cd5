// SPDX-License-Identifier: GPL-2.0-or-later
// Stands in for the Shell's own, and keeps what it is told.
export const told = [];
export const notify = (title, body) => told.push(['notify', title, body]);
export const overview = {hide: () => told.push(['overview'])};
export const panel = {
    closeQuickSettings: () => told.push(['close']),
    statusArea: {
        quickSettings: {
            indicators: [],
            addExternalIndicator(indicator) {
                this.indicators.push(indicator);
            },
        },
    },
};
