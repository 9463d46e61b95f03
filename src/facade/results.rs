//! How an answer is wanted: the result parameters of a search.

use super::Config;
use super::refusal::Refusal;
use crate::fhir::keep::Keep;
use crate::fhir::outcome::Issue;
use crate::policy::{Endpoints, Listing};
use crate::search::order::Order;
use crate::search::parameter::{Resource, of_release};
use crate::search::{Query, Reason};
use crate::table::{Level, Part, Row, RowRef, element, resource_type, row, rows};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// What a total is worth.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Total {
    /// It is told where it is known.
    #[default]
    Known,
    None,
    Estimate,
    Accurate,
}

/// The result parameters, as they are applied.
pub(super) struct Results {
    /// How many studies a page has.
    pub(super) page: u32,
    /// Nothing but the number of matches is wanted.
    pub(super) count_only: bool,
    pub(super) order: Order,
    pub(super) total: Total,
    pub(super) keep: Option<Keep>,
    /// How far down studies are listed.
    pub(super) listing: Listing,
    /// The lowest level of rows that what is written comes from.
    pub(super) level: Level,
    pub(super) endpoints: bool,
    pub(super) patients: bool,
    pub(super) practitioners: bool,
    /// How far down they are, where nothing that is asked for says otherwise; whether elements are chosen.
    usual: Listing,
    is_chosen: bool,
    /// What was applied, for the links.
    pub(super) applied: Vec<(&'static str, String)>,
    /// What was not, and is told.
    pub(super) issues: Vec<Issue>,
}

/// What a value asks for cannot be done.
enum Bad {
    /// It is none.
    Value,
    /// It is not done here.
    Unsupported,
}

/// What the results are of.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// A search for studies.
    Search,
    /// One study.
    Read,
    /// One Endpoint.
    ReadEndpoint,
    /// A search for Endpoints.
    Endpoints,
}

impl Of {
    /// Whether it has a result parameter.
    fn has(self, name: &str, value: &str) -> bool {
        match self {
            Of::Search => true,
            Of::Read => matches!(name, "_summary" | "_elements") && value != "count",
            Of::ReadEndpoint => name == "_summary" && matches!(value, "data" | "false"),
            Of::Endpoints => match name {
                "_count" | "_total" | "_contained" => true,
                "_summary" => matches!(value, "count" | "data" | "false"),
                _ => false,
            },
        }
    }
}

impl Results {
    /// The result parameters of a query.
    pub(super) fn of(query: &Query, config: &Config, of: Of) -> Result<Results, Refusal> {
        let listing = if of == Of::Read { config.options.listing } else { config.listing };
        let mut results = Results {
            page: config.page.clamp(1, config.most.max(1)),
            count_only: false,
            order: Order::default(),
            total: Total::Known,
            keep: None,
            listing,
            level: Level::Study,
            endpoints: false,
            patients: false,
            practitioners: false,
            usual: listing,
            is_chosen: false,
            applied: Vec::new(),
            issues: Vec::new(),
        };
        for dropped in query.dropped() {
            let text = match dropped.reason {
                Reason::Unknown => "a search parameter that the release does not have was not applied",
                Reason::Empty => "a search parameter without a value restricts nothing",
                Reason::Unsupported => "a search parameter that is not supported here was not applied",
            };
            results.issues.push(warning(text, format!("parameter {} of the query", dropped.position)));
        }
        // Of what is said twice the last counts; includes add up.
        let mut all: Vec<(&str, &str)> = query.results().collect();
        // Of a summary and elements the elements decide, wherever they stand.
        all.sort_by_key(|(name, _)| *name == "_elements");
        let is_last = |n: usize, name: &str| name == "_include" || !all.iter().skip(n + 1).any(|(other, _)| *other == name);
        for (_, (name, value)) in all.iter().enumerate().filter(|(n, (name, _))| is_last(*n, name)) {
            let applied = if of.has(name, value) { results.apply(name, value, query, config) } else { Err(Bad::Unsupported) };
            match applied {
                Ok(applied) => results.applied.push(applied),
                Err(Bad::Value) => {
                    return Err(Refusal::new(400, "value", "a result parameter's value is none of its type").with(known(name)));
                }
                Err(Bad::Unsupported) if query.is_lenient() => {
                    results.issues.push(warning("a result parameter that is not supported here was not applied", known(name).into()));
                }
                Err(Bad::Unsupported) => {
                    return Err(Refusal::new(400, "not-supported", "a result parameter that is not supported here").with(known(name)));
                }
            }
        }
        let is_part = |(name, value): &(&str, String)| *name == "_summary" && matches!(value.as_str(), "true" | "text" | "data");
        if results.is_chosen && results.applied.iter().any(is_part) {
            results.applied.retain(|one| !is_part(one));
            results.issues.push(warning("a summary of elements that are chosen is those elements", "_summary".into()));
        }
        results.add_endpoints(config);
        results.tell_includes();
        results.level = results.lowest(query, config);
        Ok(results)
    }

    /// Whether instances are looked at: they are listed where nothing that is asked for says otherwise, or something that is shown comes from them.
    pub(super) fn looks_at_instances(&self) -> bool {
        self.usual == Listing::Instances || self.level == Level::Instance
    }

    /// The lowest level of rows that something which is written comes from.
    fn lowest(&self, query: &Query, config: &Config) -> Level {
        let level = |listing| match listing {
            Listing::Study => Level::Study,
            Listing::Series => Level::Series,
            Listing::Instances => Level::Instance,
        };
        // Of a summary no instances are written; but what they say of series and study (regions, sides, specimens, orders) is, for an element that is there is there
        // whole.
        let Some(kept) = self.keep.as_ref().and_then(|keep| keep.elements.as_ref()) else {
            return level(if self.keep.is_some() { self.usual } else { self.listing });
        };
        let listed = level(self.listing);
        // An element of the study may be told by its series alone (where it was, requests, reasons, and where a server does not sum them up modalities), or by
        // instances (orders).
        let is_kept = |row: &&Row| {
            let elements = row.elements().filter(|(releases, ..)| releases.holds(query.release()));
            row.level() == Level::Study && elements.into_iter().any(|(_, element, _)| kept.contains(&element.trim_end_matches("[]")))
        };
        let below = rows().filter(is_kept).flat_map(Row::parts).filter_map(Part::lowest).max();
        // What the server sums up is believed, as its rows of studies say it. What is to be counted has to be listed.
        let modalities = (kept.contains(&"modality") && !config.server.tells_modalities()).then_some(Level::Series);
        // (Series are all there where a row counts more instances than it lists only if these are listed: as far down as the whole is.)
        let whole = level(self.usual).max(Level::Series);
        let counts = [(RowRef::from(row::SERIES_COUNT), whole), (row::INSTANCE_COUNT.into(), Level::Instance)];
        let is_counted = |of: RowRef| config.options.complete && of.row().is_some_and(|row| is_kept(&row));
        let counted = counts.into_iter().filter(|(of, _)| is_counted(*of)).map(|(_, level)| level).max();
        // What the whole does not look at is not in it.
        let wanted = [below, modalities, counted].into_iter().flatten().max();
        wanted.map_or(listed, |wanted| wanted.min(level(self.usual)).max(listed))
    }

    fn apply(&mut self, name: &str, value: &str, query: &Query, config: &Config) -> Result<(&'static str, String), Bad> {
        let plain = || value.to_string();
        match name {
            "_count" => {
                if value.is_empty() || !value.bytes().all(|digit| digit.is_ascii_digit()) {
                    return Err(Bad::Value);
                }
                // However many are asked for, a page has what it has at most.
                let count = value.parse().unwrap_or(u32::MAX);
                // FHIR: `_count=0` is `_summary=count`.
                self.count_only |= count == 0;
                self.page = count.clamp(1, config.most.max(1));
                Ok(("_count", count.min(config.most.max(1)).to_string()))
            }
            "_sort" => {
                self.order = Order::parse(value, query, &config.server, &config.options).ok_or(Bad::Unsupported)?;
                Ok(("_sort", plain()))
            }
            "_total" => {
                self.total = match value {
                    "none" => Total::None,
                    "estimate" => Total::Estimate,
                    "accurate" => Total::Accurate,
                    _ => return Err(Bad::Value),
                };
                Ok(("_total", plain()))
            }
            "_summary" => {
                match value {
                    "count" => self.count_only = true,
                    // Instances are no summary; all other elements that are written are.
                    "true" => {
                        self.list(Listing::Series);
                        self.keep = Some(Keep { elements: None, is_part: true });
                    }
                    "text" => {
                        self.list(Listing::Study);
                        self.keep = Some(Keep { elements: Some(Vec::new()), is_part: true });
                    }
                    // There is no narrative to leave out.
                    "data" | "false" => {}
                    _ => return Err(Bad::Value),
                }
                Ok(("_summary", plain()))
            }
            "_elements" => {
                let mut kept = Vec::new();
                for name in value.split(',').map(str::trim).filter(|name| !name.is_empty()) {
                    let name = name.strip_prefix("ImagingStudy.").unwrap_or(name);
                    let name = name.split('.').next().unwrap_or(name);
                    let known = element(name).ok_or(Bad::Unsupported)?;
                    if !kept.contains(&known) {
                        kept.push(known);
                    }
                }
                // A list of none chooses nothing.
                if kept.is_empty() {
                    return Ok(("_elements", plain()));
                }
                self.is_chosen = true;
                self.listing = if kept.contains(&"series") { self.usual } else { Listing::Study };
                self.keep = Some(Keep { elements: Some(kept), is_part: true });
                Ok(("_elements", plain()))
            }
            "_include" => {
                let mut parts = value.split(':');
                let (source, what) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
                // A search parameter of the release; nothing stands behind the type.
                let is_known = |name: &str| of_release(Resource::ImagingStudy, query.release()).any(|own| own.name == name);
                if parts.clone().count() > 1 || source == "ImagingStudy" && what != "*" && !is_known(what) {
                    return Err(Bad::Unsupported);
                }
                // The type that is to be included, where it may be one of several: of others there are none here.
                let type_ = parts.next().filter(|type_| !type_.is_empty());
                if type_.is_some_and(|type_| resource_type(type_).is_none()) {
                    return Err(Bad::Unsupported);
                }
                let is = |own: &str| type_.is_none_or(|type_| type_ == own);
                match (source, what) {
                    ("*", "") | ("ImagingStudy", "*") => {
                        self.endpoints |= is("Endpoint");
                        self.patients |= is("Patient");
                        self.practitioners |= is("Practitioner");
                    }
                    ("ImagingStudy", "endpoint") => self.endpoints |= is("Endpoint"),
                    ("ImagingStudy", "patient" | "subject") => self.patients |= is("Patient"),
                    ("ImagingStudy", "referrer" | "performer" | "interpreter") => self.practitioners |= is("Practitioner"),
                    // What is referred to by an identifier cannot be included.
                    ("ImagingStudy", "basedon" | "based-on" | "encounter") => {}
                    _ => return Err(Bad::Unsupported),
                }
                Ok(("_include", plain()))
            }
            "_contained" if value == "false" => Ok(("_contained", plain())),
            _ => Err(Bad::Unsupported),
        }
    }

    /// An element that is there is there whole: series that have Endpoints of their own have them, and the study's stand beside them.
    fn add_endpoints(&mut self, config: &Config) {
        let elements = self.keep.as_mut().and_then(|keep| keep.elements.as_mut());
        if let Some(elements) = elements.filter(|_| config.options.series_endpoints && config.options.endpoints != Endpoints::None) {
            if elements.contains(&"series") && !elements.contains(&"endpoint") {
                elements.push("endpoint");
            }
        }
    }

    /// Of people none are included where elements are chosen, and Endpoints where nothing that is written refers to them.
    fn tell_includes(&mut self) {
        let Some(keep) = self.keep.as_ref().filter(|keep| keep.elements.is_some()) else { return };
        if self.practitioners || self.endpoints && !keep.has("endpoint") {
            self.issues.push(warning("of what was to be included with the elements that were asked for not all is", "_include".into()));
        }
    }

    fn list(&mut self, at_most: Listing) {
        self.listing = self.listing.min(at_most);
    }
}

pub(super) fn warning(text: &'static str, diagnostics: String) -> Issue {
    Issue { severity: "warning", code: "not-supported", text, diagnostics }
}

/// The name of a result parameter: one of FHIR's, as the parser knows it.
fn known(name: &str) -> &'static str {
    crate::search::parameter::RESULT.iter().find(|known| **known == name).copied().unwrap_or("")
}
