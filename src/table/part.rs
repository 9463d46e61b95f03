//! The attributes that feed a row.

use super::Level;
use crate::loss::Code;

/// A value representation (PS3.5 6.2) of the table; it decides how a value is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vr {
    /// Code String.
    Cs,
    /// Date.
    Da,
    /// Integer String; read as a number from 0 to 2147483647.
    Is,
    /// Long String.
    Lo,
    /// Offset from UTC: an SH of the form `&ZZXX`.
    Offset,
    /// Person Name.
    Pn,
    /// Short String.
    Sh,
    /// Sequence of Items.
    Sq,
    /// Short Text.
    St,
    /// Time.
    Tm,
    /// Unlimited Characters.
    Uc,
    /// Unique Identifier.
    Ui,
    /// URI or URL.
    Ur,
    /// Unlimited Text.
    Ut,
}

impl Vr {
    /// As DICOM JSON writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Vr::Cs => "CS",
            Vr::Da => "DA",
            Vr::Is => "IS",
            Vr::Lo => "LO",
            Vr::Offset | Vr::Sh => "SH",
            Vr::Pn => "PN",
            Vr::Sq => "SQ",
            Vr::St => "ST",
            Vr::Tm => "TM",
            Vr::Uc => "UC",
            Vr::Ui => "UI",
            Vr::Ur => "UR",
            Vr::Ut => "UT",
        }
    }
}

/// Which item of the fact a value of a part goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    /// The one item; further values are lost.
    First,
    /// Value n goes to item n.
    Each,
    /// Every value is a further item.
    Append,
}

/// One attribute that feeds a fact.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    pub(crate) tag: u32,
    pub(crate) keyword: &'static str,
    pub(crate) vr: Vr,
    /// The sequence it stands in, where that is not a part itself.
    pub(crate) within: Option<u32>,
    /// The field it fills; for a sequence the first of them.
    pub(crate) field: u8,
    pub(crate) align: Align,
    /// The level it stands at in DICOM, where that is below the row's.
    pub(crate) from: Option<Level>,
    /// The level below the row's whose rows may be the only ones that say it: the module that has it is theirs.
    pub(crate) also_in: Option<Level>,
    /// For a sequence: what its items hold.
    pub(crate) items: &'static [Part],
    /// A field that is set where this part has a value: which of several sources it was.
    pub(crate) mark: Option<u8>,
    /// Whether several different values leave it without any: an identity is never guessed.
    pub(crate) never_guess: bool,
    /// Whether DICOM lets it have several values, of which the first is read.
    pub(crate) several: bool,
}

/// A part that fills field `field`.
pub(crate) const fn part(field: u8, tag: u32, keyword: &'static str, vr: Vr) -> Part {
    Part {
        tag,
        keyword,
        vr,
        within: None,
        field,
        align: Align::First,
        from: None,
        also_in: None,
        items: &[],
        mark: None,
        never_guess: false,
        several: false,
    }
}

/// A sequence part whose items fill the fields from `field` on.
pub(crate) const fn sequence(field: u8, tag: u32, keyword: &'static str, items: &'static [Part]) -> Part {
    let mut part = part(field, tag, keyword, Vr::Sq);
    part.items = items;
    part
}

impl Part {
    /// Value n belongs to item n of the fact.
    pub(crate) const fn each(mut self) -> Part {
        self.align = Align::Each;
        self
    }

    /// Every value is a further item of the fact.
    pub(crate) const fn append(mut self) -> Part {
        self.align = Align::Append;
        self
    }

    /// It stands inside the items of this sequence.
    pub(crate) const fn within(mut self, sequence: u32) -> Part {
        self.within = Some(sequence);
        self
    }

    /// It stands at a level below the row's.
    pub(crate) const fn from(mut self, level: Level) -> Part {
        self.from = Some(level);
        self
    }

    /// Rows of this level may be the only ones that say it.
    pub(crate) const fn also_in(mut self, level: Level) -> Part {
        self.also_in = Some(level);
        self
    }

    /// The lowest level whose rows may be the only ones that say it, where that is below the row's.
    pub(crate) fn lowest(&self) -> Option<Level> {
        self.from.max(self.also_in)
    }

    /// Sets a field that tells this source from the others.
    pub(crate) const fn marking(mut self, field: u8) -> Part {
        self.mark = Some(field);
        self
    }

    /// DICOM lets it have several values (PS3.6, VM); the first is read.
    pub(crate) const fn of_several(mut self) -> Part {
        self.several = true;
        self
    }

    /// What a further value is told as, of which the first is read.
    pub(crate) const fn excess(&self) -> Code {
        if self.several { Code::NotMapped } else { Code::ExtraValue }
    }

    /// An identity: of several different values none is chosen.
    pub(crate) const fn never_guessed(mut self) -> Part {
        self.never_guess = true;
        self
    }

    /// The tag.
    #[must_use]
    pub const fn tag(&self) -> u32 {
        self.tag
    }

    /// The tag of the sequence it stands in, where that is not a part of the row itself.
    #[must_use]
    pub const fn sequence(&self) -> Option<u32> {
        self.within
    }

    /// The keyword.
    #[must_use]
    pub const fn keyword(&self) -> &'static str {
        self.keyword
    }

    /// The value representation.
    #[must_use]
    pub const fn vr(&self) -> Vr {
        self.vr
    }

    /// For a sequence: the attributes of its items that are used.
    #[must_use]
    pub const fn items(&self) -> &'static [Part] {
        self.items
    }
}

impl Part {
    /// The fields that it fills, itself or by the parts of its items, counted from `base`: a bit each.
    pub(crate) const fn fields(&self, base: usize) -> u16 {
        let here = base + self.field as usize;
        match self.vr {
            Vr::Sq => {
                let (mut fields, mut rest) = (0, self.items);
                while let [part, more @ ..] = rest {
                    fields |= part.fields(here);
                    rest = more;
                }
                fields
            }
            Vr::Pn => 0b111 << here,
            _ => 1 << here,
        }
    }

    /// Whether it, or one of its items' parts, fills `field`, counted from `base`.
    pub(super) const fn reaches(&self, base: usize, field: usize) -> bool {
        self.fields(base) & (1 << field) != 0
    }
}
