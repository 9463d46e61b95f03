//! What is asked of the archive and what comes back: tickets, pages, what it may cost.
//!
//! Asking goes in rounds: what can be asked at once is asked, and only when all of it is answered are the answers looked at, in the order of
//! their tickets. So the order of arrival changes nothing, and the lowest ticket that failed is the one that is told.

use super::page::{Page, Pull, State, head};
use super::refusal::Refusal;
use super::{Config, Event, Failure, Misuse, Reference, Request, Step, Ticket};
use crate::dicom::Reader;
use crate::error::{Error, Kind};
use crate::options::Options;
use crate::search::{End, Server};
use crate::url::Resource;
use crate::uuid::Hash;
use alloc::boxed::Box;
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// The number of a pull.
pub(super) type PullId = usize;

/// What came of a pull.
pub(super) enum Pulled {
    Rows {
        reader: Box<Reader>,
        /// The archive has more, which cannot be had.
        is_cut: bool,
    },
    /// There are more pages than there were requests left.
    Spent,
    /// There is no such thing, by this status.
    Absent(u16),
}

/// A ticket that is open.
enum Open {
    Page(Box<Page>),
    Reference(usize),
}

/// A ticket that has ended.
enum Ended {
    Page(Box<Page>),
    Reference(usize, Option<Identifiers>),
    Failed(Refusal),
}

/// Identifiers of a resource: system and value.
type Identifiers = Vec<(Option<String>, String)>;

/// What an exchange wants.
pub(super) enum Turn {
    /// To ask this.
    Ask(Step),
    /// Answers.
    Wait,
    /// To end.
    Refused(Refusal),
    /// Nothing: all that was asked is answered.
    Ready,
}

/// The asking side of a conversation.
pub(super) struct Exchange {
    pub(super) server: Server,
    pub(super) options: Options,
    /// How many tickets were given, and how many are kept for what is asked later.
    pub(super) asked: u32,
    pub(super) kept: u32,
    /// Pulls of which no page came yet.
    pub(super) begun: u32,
    queue: VecDeque<(u32, Step)>,
    open: BTreeMap<u32, Open>,
    ended: BTreeMap<u32, Ended>,
    lowest_failed: Option<u32>,
    pub(super) pulls: Vec<Option<Pull>>,
    /// Pulls whose next pages wait for those before them.
    pub(super) paused: Vec<PullId>,
    pub(super) ranks: u32,
    references: Vec<(String, Option<Identifiers>)>,
    /// Bytes that came to be read, of pages that have not ended, too.
    fed: u64,
    /// How many requests more than one a listing took whose rows all came with the first, at most.
    pub(super) extra: u32,
    refusal: Option<Refusal>,
}

impl Exchange {
    pub(super) fn new(config: &Config) -> Exchange {
        Exchange {
            server: config.server.clone(),
            options: config.options.clone(),
            asked: 0,
            kept: 0,
            begun: 0,
            queue: VecDeque::new(),
            open: BTreeMap::new(),
            ended: BTreeMap::new(),
            lowest_failed: None,
            pulls: Vec::new(),
            paused: Vec::new(),
            ranks: 0,
            references: Vec::new(),
            fed: 0,
            extra: 0,
            refusal: None,
        }
    }

    pub(super) const fn asked(&self) -> u32 {
        self.asked
    }

    /// Whether anything is asked, or was refused.
    pub(super) fn is_asking(&self) -> bool {
        !self.queue.is_empty() || self.refusal.is_some()
    }

    /// Drops everything: the answer is given.
    pub(super) fn close(&mut self) {
        self.queue.clear();
        self.open.clear();
        self.ended.clear();
        self.pulls.clear();
        self.paused.clear();
    }

    /// What comes next.
    pub(super) fn turn(&mut self) -> Turn {
        loop {
            if let Some(refusal) = self.refusal.take() {
                return Turn::Refused(refusal);
            }
            if let Some((_, step)) = self.queue.pop_front() {
                return Turn::Ask(step);
            }
            if !self.open.is_empty() {
                return Turn::Wait;
            }
            if self.ended.is_empty() {
                return Turn::Ready;
            }
            self.settle();
        }
    }

    fn ticket(&mut self) -> Option<u32> {
        if self.asked >= self.options.limits.requests {
            self.refusal.get_or_insert(Refusal::too_many_requests());
            return None;
        }
        self.asked += 1;
        Some(self.asked - 1)
    }

    /// Asks for the identifiers of references.
    pub(super) fn resolve(&mut self, references: Vec<String>) {
        for text in references {
            let Some(number) = self.ticket() else { return };
            self.queue.push_back((number, Step::Resolve(Ticket(number), Reference { text: text.clone() })));
            self.open.insert(number, Open::Reference(self.references.len()));
            self.references.push((text, None));
        }
    }

    /// What became of the references: none where there is no such resource.
    pub(super) fn resolved(&mut self) -> Vec<(String, Option<Identifiers>)> {
        core::mem::take(&mut self.references)
    }

    /// Asks for all rows of a path and query.
    pub(super) fn pull(&mut self, path: &str, query: &str, within: Option<Resource>, absent: &'static [u16], rank: u32) -> PullId {
        let id = self.pulls.len();
        if self.refusal.is_some() {
            return id;
        }
        self.begun = self.begun.saturating_add(1);
        let (path, query) = (path.to_string(), query.to_string());
        let (state, pages) = (State::Asking, BTreeSet::new());
        self.pulls.push(Some(Pull {
            path,
            query,
            within,
            absent,
            state,
            rank,
            reader: None,
            rows: 0,
            count: 0,
            first: 0,
            pages,
            stale: 0,
            repeats: false,
            missed: false,
            is_cut: false,
        }));
        self.next_page(id);
        id
    }

    /// What came of a pull, once.
    pub(super) fn take(&mut self, id: PullId) -> Result<Pulled, Refusal> {
        let pull = self.pulls.get_mut(id).and_then(Option::take).ok_or(Refusal::internal())?;
        match pull.state {
            State::Absent(status) => Ok(Pulled::Absent(status)),
            State::Spent => Ok(Pulled::Spent),
            State::Done => {
                let reader = Box::new(pull.reader.unwrap_or_else(|| Reader::new(self.options.clone())));
                Ok(Pulled::Rows { reader, is_cut: pull.is_cut })
            }
            State::Asking => Err(Refusal::internal()),
        }
    }

    pub(super) fn next_page(&mut self, id: PullId) {
        if self.pulls.get(id).and_then(Option::as_ref).is_some_and(|pull| pull.count >= self.options.limits.pages) {
            self.refusal.get_or_insert(Refusal::of_answer(Error::new(Kind::LimitPages)));
            return;
        }
        // What was begun and cannot be had whole is given up; whether that is too much who asked for it knows.
        let is_over = self.remaining() == 0;
        if let Some(pull) = self.pulls.get_mut(id).and_then(Option::as_mut).filter(|pull| is_over && pull.count > 0) {
            pull.state = State::Spent;
            return;
        }
        let Some(number) = self.ticket() else { return };
        let Some(pull) = self.pulls.get(id).and_then(Option::as_ref) else { return };
        let mut query: Vec<String> = Vec::new();
        if !pull.query.is_empty() {
            query.push(pull.query.clone());
        }
        // Also of one page: it comes again for each page of the client's.
        query.extend(self.server.order_of_pages(&pull.path).map(String::from));
        if self.server.end_signal() != End::OnePage {
            query.extend(self.server.limit_of_pages().map(|size| ["limit=", &size.to_string()].concat()));
            if pull.rows > 0 {
                query.push(["offset=", &pull.rows.to_string()].concat());
            }
        }
        let request = Request { path: pull.path.clone(), query: query.join("&"), accept: "application/dicom+json" };
        let mut reader = Reader::new(self.options.clone());
        if let Some(Err(error)) = pull.within.as_ref().map(|within| reader.within(within)) {
            self.refusal.get_or_insert(Refusal::of_answer(error));
            return;
        }
        self.queue.push_back((number, Step::Fetch(Ticket(number), request)));
        let page = Page { pull: id, head: None, reader, error: None, is_skipped: false, hash: Hash::new() };
        self.open.insert(number, Open::Page(Box::new(page)));
    }

    pub(super) fn feed(&mut self, ticket: Ticket, event: Event<'_>) -> Result<(), Misuse> {
        let number = ticket.0;
        // What was not asked yet cannot be answered.
        if self.queue.front().is_some_and(|(first, _)| *first <= number) {
            return Err(Misuse::UnknownTicket);
        }
        let ended = match (self.open.get_mut(&number), event) {
            (None, _) => return Err(Misuse::UnknownTicket),
            (Some(Open::Page(_)), Event::Failed(failure)) => Ended::Failed(failed(failure)),
            (Some(Open::Reference(_)), Event::Failed(failure)) => Ended::Failed(unresolved(failure)),
            (Some(Open::Reference(at)), Event::Identifiers(all)) => {
                let own = all.iter().map(|one| (one.system.map(String::from), one.value.to_string()));
                Ended::Reference(*at, Some(own.collect()))
            }
            (Some(Open::Reference(at)), Event::Unknown) => Ended::Reference(*at, None),
            (Some(Open::Page(page)), Event::Head { status, headers }) => {
                if page.head.is_some() {
                    return Err(Misuse::OutOfOrder);
                }
                page.head = Some(head(status, headers));
                return Ok(());
            }
            (Some(Open::Page(page)), Event::Body(bytes)) => {
                let Some(head) = &page.head else { return Err(Misuse::OutOfOrder) };
                // Of a refusal the status says enough.
                if matches!(head.status, 200..=299) && page.error.is_none() {
                    page.hash.take(bytes);
                    // All answers together are one input: more than that is not kept, and refused when the round is over, whoever came first.
                    self.fed = self.fed.saturating_add(bytes.len() as u64);
                    page.is_skipped |= self.fed > self.options.limits.input_bytes;
                    if !page.is_skipped {
                        page.error = page.reader.push(bytes).err();
                    }
                }
                return Ok(());
            }
            (Some(Open::Page(page)), Event::End) if page.head.is_none() => return Err(Misuse::OutOfOrder),
            (Some(Open::Page(_)), Event::End) => match self.open.remove(&number) {
                Some(Open::Page(page)) => Ended::Page(page),
                _ => return Err(Misuse::UnknownTicket),
            },
            (Some(_), _) => return Err(Misuse::OtherKind),
        };
        self.open.remove(&number);
        let ended = match ended {
            Ended::Page(page) => self.page_ended(page),
            other => other,
        };
        if matches!(ended, Ended::Failed(_)) && self.lowest_failed.is_none_or(|lowest| number < lowest) {
            self.lowest_failed = Some(number);
        }
        self.ended.insert(number, ended);
        self.decide();
        Ok(())
    }

    /// Whether a page that ended is one.
    fn page_ended(&self, mut page: Box<Page>) -> Ended {
        let Some(head) = &mut page.head else { return Ended::Failed(Refusal::internal()) };
        let pull = self.pulls.get(page.pull).and_then(Option::as_ref);
        let absent = pull.is_some_and(|pull| pull.rows == 0 && pull.absent.contains(&head.status));
        match head.status {
            _ if absent => Ended::Page(page),
            200..=299 if page.is_skipped => Ended::Page(page),
            200..=299 => match page.error.map_or_else(|| page.reader.end_document(), Err) {
                Ok(()) => Ended::Page(page),
                Err(error) => Ended::Failed(Refusal::of_answer(error)),
            },
            // Of what was there the rest is not gone.
            404 | 410 if pull.is_some_and(|pull| pull.rows > 0) => {
                Ended::Failed(Refusal::new(502, "incomplete", "the archive lists more than it gives"))
            }
            status => Ended::Failed(Refusal::of_status(status, head.retry.take())),
        }
    }

    /// The lowest ticket that failed decides, as soon as nothing lower is open.
    fn decide(&mut self) {
        let Some((number, Ended::Failed(refusal))) = self.lowest_failed.and_then(|number| Some((number, self.ended.get(&number)?))) else {
            return;
        };
        if self.open.keys().next().is_none_or(|open| *open > number) {
            self.refusal.get_or_insert(refusal.clone());
        }
    }

    /// A round is over: pages join their pulls in order, and the next ones are asked for.
    fn settle(&mut self) {
        let mut unfinished: Vec<PullId> = Vec::new();
        // Pages of which some were not read are none: what is too much is refused as a whole, unless something failed before.
        if self.fed > self.options.limits.input_bytes {
            let failed =
                self.ended.values().find_map(|ended| if let Ended::Failed(refusal) = ended { Some(refusal.clone()) } else { None });
            self.refusal.get_or_insert(failed.unwrap_or_else(|| Refusal::of_answer(Error::new(Kind::LimitInput))));
            return;
        }
        for (_, ended) in core::mem::take(&mut self.ended) {
            match ended {
                Ended::Failed(refusal) => {
                    self.refusal.get_or_insert(refusal);
                    return;
                }
                Ended::Reference(at, identifiers) => {
                    if let Some((_, known)) = self.references.get_mut(at) {
                        *known = identifiers;
                    }
                }
                Ended::Page(page) => {
                    let id = page.pull;
                    let result = match self.pulls.get_mut(id).and_then(Option::as_mut) {
                        Some(pull) => {
                            self.begun -= u32::from(pull.count == 0 && self.begun > 0);
                            pull.add(page, &self.server)
                        }
                        None => Ok(()),
                    };
                    if let Err(refusal) = result {
                        self.refusal.get_or_insert(refusal);
                        return;
                    }
                    unfinished.push(id);
                }
            }
        }
        for pull in unfinished.iter().filter_map(|id| self.pulls.get(*id)?.as_ref()) {
            // Later pages may each repeat a row of the one before.
            let is_short = pull.rows == pull.first || pull.repeats && pull.first + u64::from(pull.count) > pull.rows;
            // After a full page another is asked for.
            let is_full = self.server.page_size().is_some_and(|size| pull.first >= u64::from(size));
            if pull.state == State::Done && is_short && !is_full {
                self.extra = self.extra.max(pull.count.saturating_sub(1));
            }
        }
        self.go_on(unfinished);
    }
}

fn failed(failure: Failure) -> Refusal {
    match failure {
        Failure::Timeout => Refusal::new(504, "timeout", "the archive did not answer in time"),
        Failure::Unreachable => Refusal::new(502, "transient", "the archive could not be reached"),
        Failure::TooLarge => Refusal::too_large(),
    }
}

fn unresolved(failure: Failure) -> Refusal {
    match failure {
        Failure::Timeout => Refusal::new(504, "timeout", "a reference of the search was not resolved in time"),
        Failure::Unreachable | Failure::TooLarge => Refusal::new(502, "transient", "a reference of the search could not be resolved"),
    }
}
