//! Reading dates and times by hand: it is done for every study that is judged.

/// What is yet to be read.
pub(super) struct Rest<'a>(pub(super) &'a [u8]);

impl<'a> Rest<'a> {
    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// So many digits, if there are so many.
    pub(super) fn number(&mut self, digits: usize) -> Option<i64> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        let mut n = 0;
        for byte in number {
            n = n * 10 + i64::from(byte.is_ascii_digit().then(|| byte - b'0')?);
        }
        self.0 = rest;
        Some(n)
    }

    /// A mark with so many digits behind it; nothing is read where it is none.
    pub(super) fn part(&mut self, mark: u8, digits: usize) -> Option<i64> {
        let mut behind = Rest(self.0.strip_prefix(&[mark])?);
        let number = behind.number(digits)?;
        *self = behind;
        Some(number)
    }

    pub(super) fn eat(&mut self, mark: u8) -> bool {
        let behind = self.0.strip_prefix(&[mark]);
        self.0 = behind.unwrap_or(self.0);
        behind.is_some()
    }

    /// All digits up to something else.
    pub(super) fn digits(&mut self) -> &'a [u8] {
        let len = self.0.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(self.0.len());
        let (digits, rest) = self.0.split_at_checked(len).unwrap_or((self.0, &[]));
        self.0 = rest;
        digits
    }

    /// Minutes east of UTC, of `Z` or `+hh:mm`. FHIR has zones to 14 hours either way, DICOM to 12 hours west.
    pub(super) fn zone(mut self) -> Option<i32> {
        if self.0 == b"Z" {
            return Some(0);
        }
        let is_west = self.0.first() == Some(&b'-');
        let hours = self.part(if is_west { b'-' } else { b'+' }, 2)?;
        let minutes = self.part(b':', 2).filter(|minutes| *minutes < 60 && self.is_empty())?;
        let east = i32::try_from(hours * 60 + minutes).ok().filter(|east| *east <= 14 * 60)?;
        Some(if is_west { -east } else { east })
    }

    /// Minutes east of UTC, of `&ZZXX` from -1200 to +1400.
    pub(super) fn offset(mut self) -> Option<i32> {
        let is_west = self.eat(b'-');
        if !is_west && !self.eat(b'+') {
            return None;
        }
        let (hours, minutes) = (self.number(2)?, self.number(2).filter(|minutes| *minutes < 60 && self.is_empty())?);
        let most = if is_west { 12 * 60 } else { 14 * 60 };
        let east = i32::try_from(hours * 60 + minutes).ok().filter(|east| *east <= most)?;
        Some(if is_west { -east } else { east })
    }
}
