//! Which identifiers are somebody's no longer: the library has no clock.

use serde_json::Value;
use std::time::SystemTime;

/// Whether this day is in the period of an identifier.
pub fn is_valid(identifier: &Value, today: &str) -> bool {
    let day = |name| identifier.pointer(name).and_then(|day| day.as_str());
    // As much as it says: a year is over when the next one begins, and begun as soon as it is there.
    let beside = |day: &str| {
        let len = day.len().min(today.len());
        day.bytes().take(len).cmp(today.bytes().take(len))
    };
    day("/period/end").is_none_or(|end| beside(end).is_ge()) && day("/period/start").is_none_or(|start| beside(start).is_le())
}

/// Today in UTC, `YYYY-MM-DD`.
pub fn today() -> String {
    let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let (mut year, mut day) = (1970, seconds / 86_400);
    let is_leap = |year: u64| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    while day >= 365 + u64::from(is_leap(year)) {
        day -= 365 + u64::from(is_leap(year));
        year += 1;
    }
    let mut month = 1;
    for length in [31, 28 + u64::from(is_leap(year)), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] {
        if day < length {
            break;
        }
        (day, month) = (day - length, month + 1);
    }
    format!("{year:04}-{month:02}-{:02}", day + 1)
}
