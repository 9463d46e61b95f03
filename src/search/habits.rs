//! What servers do in one way or another: with encodings, wildcards, case, attributes, issuers, pages.

/// What a server does with the percent-encoding of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Decoding {
    /// Splits, then decodes once, as RFC 3986 wants: every value can be sent.
    Rfc,
    /// Decodes, then splits: `& = + % , \ #` cannot be sent.
    BeforeSplit,
    /// Decodes nothing: only what needs no encoding can be sent. (So does who says nothing: see [`Server::unknown`](super::Server::unknown).)
    None,
}

/// What a server does with `*` and `?` in a key of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Wildcards {
    /// They stand for themselves.
    Exact,
    /// They are wildcards: `?` is sent in the place of a character that cannot be.
    AsQuestion,
    /// It is not known: values that have them are not sent.
    Keep,
}

/// How a server compares text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compare {
    /// As it stands.
    Exact,
    /// Blind to case.
    FoldsCase,
    /// Not known.
    Unknown,
}

/// How a server is asked for attributes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ask {
    /// `includefield` with a list of tags.
    Tags,
    /// `includefield=all`: lists are not understood, or are bounded.
    All,
    /// `includefield` with this tag alone, of study rows; what else it returns cannot be changed.
    Only(u32),
    /// It returns what it returns.
    Nothing,
}

/// What a row without issuer of the patient's id says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Issuer {
    /// There is none: the server returns what it is asked for, where there is something.
    LeftOut,
    /// There is no local one; of an issuer in a sequence it says nothing, since the server never returns sequences.
    LocalLeftOut,
    /// That there is none only if the row has the key; nothing without.
    KeyTells,
    /// Nothing: the server never tells it.
    Hidden,
}

/// How the last page shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum End {
    /// By its being empty (204 or `[]`): the only sign that no server with pages is known to get wrong. One that does not understand `offset` never
    /// has an empty page, and is refused as one that repeats itself: see [`End::OnePage`].
    EmptyPage,
    /// By the absence of `Warning: 299`. A server sends it of its own limit, and not of one that it is asked for (PS3.18 8.3.4.4): no `limit` is sent.
    NoWarning,
    /// By its being short.
    ShortPage,
    /// There is one page only: `limit` and `offset` are not understood.
    OnePage,
}
