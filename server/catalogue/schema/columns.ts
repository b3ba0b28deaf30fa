/** Times are milliseconds since 1970; booleans are 0 and 1, because SQLite has neither. */
export type Millis = number;
export type Flag = 0 | 1;
