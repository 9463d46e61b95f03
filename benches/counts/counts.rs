//! Counts the instructions of each job and of the scan of its text, each in a process of its own under valgrind.
//!
//! `check.py` runs it and compares.

use counts::{Input, input};
use gungraun::{library_benchmark, library_benchmark_group, main};
use std::hint::black_box;

/// A function that is counted, for inputs of these names. What it returns is dropped outside of what is counted.
macro_rules! counted {
    ($function:ident $method:ident $output:ty: $($id:ident)*) => {
        #[library_benchmark]
        $(#[bench::$id(input(stringify!($id)))])*
        fn $function(input: Input) -> ($output, Input) {
            (black_box(input.$method()), input)
        }
    };
}

macro_rules! both {
    ($($id:ident)*) => {
        counted!(ours run usize: $($id)*);
        counted!(floor scan bool: $($id)*);
        library_benchmark_group!(name = ratios, benchmarks = [ours, floor]);
    };
}

both!(
    study_rows_1 study_rows_100 study_rows_pretty study_rows_python study_rows_escaped
    instance_rows_1000 instance_rows_pretty instance_rows_python instance_rows_escaped
    shuffled_series_1000 metadata_100
    to_study_rows_100 to_instance_rows_1000
    parse_and_plan judge_1000
);

mod small {
    use super::*;
    counted!(ours run usize: study_rows_1000 study_rows_10000 instance_rows_10000);
    library_benchmark_group!(name = growth, benchmarks = [ours]);
}

mod large {
    use super::*;
    counted!(ours run usize: instance_rows_5000 instance_rows_50000);
    library_benchmark_group!(name = whole, benchmarks = [ours]);
}

use large::whole;
use small::growth;

main!(library_benchmark_groups = [ratios, growth, whole]);
