//! How much of a processor something takes, whatever else runs on the machine.

use std::time::{Duration, Instant};

/// How much larger the large input is than the small one.
pub const TIMES: usize = 8;
/// How much longer it may take. What is linear takes 8 times as long, what is quadratic 64 times.
const MOST: u32 = 20;
/// What takes less is taken to take as long: it is noise.
const LEAST: Duration = Duration::from_millis(16);
/// How often what seems to grow too fast is tried again.
const TRIES: usize = 3;

/// What this thread took of its processor so far; where the kernel does not say, the time of day.
fn spent(start: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanos = told.and_then(|told| told.split(' ').next()?.parse().ok());
    nanos.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// What a job takes.
pub fn took<T>(job: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let before = spent(start);
    let result = job();
    (spent(start).saturating_sub(before), result)
}

/// Whether a job on the large input takes a time that is linear, about, in that of the small one. `job` says whether it is the large one's turn.
pub fn is_linear(name: &str, job: impl Fn(bool)) -> bool {
    for _ in 0..TRIES {
        let (small, large) = (took(|| job(false)).0, took(|| job(true)).0);
        if large <= small.max(LEAST) * MOST {
            return true;
        }
        eprintln!("{name}: {small:?}, and {large:?} for {TIMES} times as much");
    }
    false
}
