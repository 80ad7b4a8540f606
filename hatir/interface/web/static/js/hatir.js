// Everything that every page has; bundled into one file at set-up. Pages work without it for reading and basic editing.
import './look.js';
import './keyboard.js';
import './toasts.js';
import './overlays.js';
import './palette.js';
import './list.js';
import './cells.js';
import './forms.js';
import './combobox.js';
import './composer.js';
import './record.js';
import './today.js';
import './board.js';
import './calendar.js';
import './http.js';
import './live.js';
import './offline.js';
