//! Counts the instructions of each job and of the scan of its text, each in a process of its own under valgrind.
//!
//! `check.py` runs it and compares.

use counts::{Input, input};
use gungraun::{library_benchmark, library_benchmark_group, main};
use std::hint::black_box;

/// A group, in a module: every input as `ours` and as `floor`.
macro_rules! group {
    ($module:ident $group:ident: $($id:ident)*) => {
        mod $module {
            use super::*;

            #[library_benchmark]
            $(#[bench::$id(input(stringify!($id)))])*
            fn ours(input: Input) -> (usize, Input) {
                (black_box(input.run()), input)
            }

            #[library_benchmark]
            $(#[bench::$id(input(stringify!($id)))])*
            fn floor(input: Input) -> (bool, Input) {
                (black_box(input.scan()), input)
            }

            library_benchmark_group!(name = $group, benchmarks = [ours, floor]);
        }
        use $module::$group;
    };
}

group!(of_ratios ratios:
    study_rows_1 study_rows_100 study_rows_pretty study_rows_python study_rows_escaped
    instance_rows_1000 instance_rows_pretty instance_rows_python instance_rows_escaped
    shuffled_series_1000 metadata_100
    to_study_rows_100 to_instance_rows_1000
    parse_and_plan judge_1000
);
group!(of_growth growth: study_rows_1000 study_rows_10000 instance_rows_10000);
group!(of_whole whole: instance_rows_5000 instance_rows_50000);

main!(library_benchmark_groups = [ratios, growth, whole]);
