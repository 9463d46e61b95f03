//! One request and its pages: which is the last, what its header tells.

use super::exchange::PullId;
use super::refusal::Refusal;
use crate::dicom::Reader;
use crate::error::Error;
use crate::grammar::warning::warns;
use crate::search::{End, Server};
use crate::url::Resource;
use crate::uuid::Hash;
use alloc::boxed::Box;
use alloc::collections::BTreeSet;
use alloc::string::String;

/// A request and all its pages.
pub(super) struct Pull {
    pub(super) path: String,
    pub(super) query: String,
    /// What rows need not repeat.
    pub(super) within: Option<Resource>,
    /// Statuses that say that there is no such thing here, which the asker deals with.
    pub(super) absent: &'static [u16],
    pub(super) state: State,
    /// Who goes first where requests run short.
    pub(super) rank: u32,
    /// The pages so far.
    pub(super) reader: Option<Reader>,
    pub(super) rows: u64,
    /// How many pages came, and how many rows the first had.
    pub(super) count: u32,
    pub(super) first: u64,
    pub(super) pages: BTreeSet<u128>,
    /// Pages in a row that were there before.
    pub(super) stale: u32,
    /// Some page was.
    pub(super) repeats: bool,
    /// The last of them stood in the place of another.
    pub(super) missed: bool,
    /// There is more, which cannot be had.
    pub(super) is_cut: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Asking,
    Done,
    Absent(u16),
    /// There were no requests left for its next page.
    Spent,
}

/// A page on its way.
pub(super) struct Page {
    pub(super) pull: PullId,
    pub(super) head: Option<Head>,
    pub(super) reader: Reader,
    /// It was too much to be read.
    pub(super) is_skipped: bool,
    pub(super) error: Option<Error>,
    pub(super) hash: Hash,
}

/// What is kept of the header of a page.
pub(super) struct Head {
    pub(super) status: u16,
    pub(super) more: bool,
    pub(super) retry: Option<String>,
}

impl Pull {
    /// Adds a page; whether it is the last is the server's way to say.
    pub(super) fn add(&mut self, page: Box<Page>, server: &Server) -> Result<(), Refusal> {
        let Some(head) = page.head else { return Err(Refusal::internal()) };
        if !matches!(head.status, 200..=299) {
            self.state = State::Absent(head.status);
            return Ok(());
        }
        let rows = page.reader.rows();
        if self.count == 0 {
            self.first = rows;
        }
        self.count += 1;
        // A server may give a row of the page before again; one that gives whole pages again never ends.
        self.stale = if rows > 0 && !self.pages.insert(page.hash.value()) { self.stale + 1 } else { 0 };
        self.repeats |= self.stale > 0;
        if self.stale > 1 {
            return Err(Refusal::repeats_itself());
        }
        // What a page of several rows that came again stands in the place of is asked for once more. One row may be that of the page before, at
        // the end: if more follow, one was missed.
        self.rows += if self.stale > 0 && rows > 1 { 0 } else { rows };
        self.is_cut |= self.missed && self.stale == 0 && rows > 0;
        self.missed = self.stale > 0 && rows == 1;
        let is_last = match server.end_signal() {
            End::OnePage => true,
            // A warning can get lost on its way: a page that is full is not taken for the last.
            End::NoWarning => rows == 0 || !head.more && server.page_size().is_none_or(|size| rows < u64::from(size)),
            End::ShortPage => rows == 0 || server.page_size().is_some_and(|size| rows < u64::from(size)) && !head.more,
            End::EmptyPage => rows == 0,
        };
        match &mut self.reader {
            Some(reader) => reader.append(page.reader).map_err(Refusal::of_answer)?,
            none => *none = Some(page.reader),
        }
        if is_last {
            self.state = State::Done;
            // It says that there is more, and cannot be asked for it; or gives something else in its place.
            self.is_cut |= head.more || self.stale > 0 && rows > 1;
        }
        Ok(())
    }
}

/// Reads the header of a page.
pub(super) fn head(status: u16, headers: &[(&str, &[u8])]) -> Head {
    let field = |wanted: &'static str| headers.iter().filter(move |(name, _)| name.eq_ignore_ascii_case(wanted)).map(|(_, value)| *value);
    let text = |wanted| field(wanted).find_map(|value| core::str::from_utf8(value).ok()).map(str::trim);
    Head {
        status,
        // PS3.18 10.6.1.2: there are more rows than were returned. What is partial says it by its status.
        more: status == 206 || field("Warning").any(|value| warns(value, b"299")),
        retry: text("Retry-After").filter(|value| is_retry(value)).map(String::from),
    }
}

/// Seconds, or a date as `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 10.2.3): nothing else is passed on.
fn is_retry(value: &str) -> bool {
    const FORM: &[u8] = b"Aaa, 00 Aaa 0000 00:00:00 GMT";
    let seconds = !value.is_empty() && value.len() <= 9 && value.bytes().all(|b| b.is_ascii_digit());
    let is_date = value.len() == FORM.len()
        && value.bytes().zip(FORM).all(|(b, form)| match form {
            b'A' => b.is_ascii_uppercase(),
            b'a' => b.is_ascii_lowercase(),
            b'0' => b.is_ascii_digit(),
            form => b == *form,
        });
    seconds || is_date
}
