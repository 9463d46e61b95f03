//! A further instance of the series at hand, of which there is nothing to say but what it is: most instances of a resource.

use super::{Assembler, record};
use crate::error::{Error, Kind};
use crate::loss::Sink;
use crate::options::Options;
use crate::table::RowRef;
use crate::value::FIELDS;

impl Assembler {
    /// Takes an instance of the study that the data set before was of, and of this series of it: as a data set would be taken that says of
    /// study and series nothing new. Its facts have one field each, in their one form, in the order of their rows, each of them a leaf.
    pub(crate) fn take_instance<'f>(
        &mut self,
        series: &str,
        facts: impl Iterator<Item = (RowRef, &'f str)>,
        options: &Options,
        sink: &mut Sink<'_>,
    ) -> Result<(), Error> {
        let number = self.row;
        self.row += 1;
        let Some(record) = self.records.get_mut(self.last as usize) else { return Ok(()) };
        self.instances += 1;
        if self.instances > options.limits.instances {
            return Err(Error::new(Kind::LimitInstances));
        }
        let (series, _) = record.series_of(series, number);
        let (mut draft, mut leaves) = (record::Draft::default(), 0);
        for (row_ref, text) in facts {
            let Some(row) = row_ref.row() else { continue };
            let mut item = [""; FIELDS];
            item.iter_mut().take(1).for_each(|field| *field = text);
            record.draft_instance(&mut draft, row_ref, row, &[item], &|_, _| false);
            leaves += 1;
        }
        record.add_instance(draft, series, number, u64::MAX);
        record.carried += leaves;
        sink.report.carry(leaves);
        if record.is_full() { Err(Error::new(Kind::Limit)) } else { Ok(()) }
    }
}
