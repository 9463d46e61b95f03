//! An implementation in a process of its own, by `spec/PROTOCOL.md`.

use super::cases::Run;
use super::compare;
use serde_json::{Value, json};
use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// How long an answer may take. The first one may have to be built before.
const PATIENCE: Duration = Duration::from_secs(10);
const FIRST: Duration = Duration::from_secs(600);

const NO_FORM: &str = "no answer of the form that PROTOCOL.md asks for";

pub struct Process {
    child: Child,
    stdin: ChildStdin,
    answers: Receiver<String>,
    seq: u64,
    /// What it says of itself.
    pub about: Value,
}

impl Process {
    /// Starts it.
    pub fn start(command: &[String]) -> Result<Process, Box<dyn Error>> {
        let (program, arguments) = command.split_first().ok_or("expected a command")?;
        let mut child = Command::new(program).args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let stdin = child.stdin.take().ok_or("no standard input")?;
        let stdout = child.stdout.take().ok_or("no standard output")?;
        let (to, answers) = channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if to.send(line).is_err() {
                    return;
                }
            }
        });
        let mut process = Process { child, stdin, answers, seq: 0, about: Value::Null };
        let about = process.ask(&json!({"cmd": "start", "protocol": 1}), FIRST);
        match about.and_then(|about| if compare::is_introduction(&about) { Ok(about) } else { Err(NO_FORM.into()) }) {
            Ok(about) => process.about = about,
            Err(error) => {
                process.stop(true);
                return Err(format!("start: {error}").into());
            }
        }
        Ok(process)
    }

    fn ask(&mut self, command: &Value, patience: Duration) -> Result<Value, Box<dyn Error>> {
        writeln!(self.stdin, "{command}")?;
        self.stdin.flush()?;
        let line = self.answers.recv_timeout(patience).map_err(|_| "no answer")?;
        Ok(serde_json::from_str(&line).map_err(|_| "no JSON")?)
    }

    fn says(&self, list: &str, wanted: &str) -> bool {
        self.about[list].as_array().is_some_and(|all| all.iter().any(|known| known == wanted))
    }

    /// Asks it; why it is not asked, where it says that it cannot.
    pub fn run(&mut self, run: &Run) -> Result<Value, Box<dyn Error>> {
        if !self.says("releases", run.release) || !self.says("ops", &run.op) {
            return Ok(json!({"skipped": "another release, or another op"}));
        }
        self.seq += 1;
        let mut command = json!({"cmd": "run", "seq": self.seq, "id": run.id, "op": run.op, "release": run.release, "input": run.input});
        if let Some(direction) = run.direction {
            command["direction"] = json!(direction);
        }
        let answer = self.ask(&command, PATIENCE)?;
        if answer["seq"] != self.seq {
            return Err("an answer to something else".into());
        }
        if compare::is_answer(&answer) { Ok(answer) } else { Err(NO_FORM.into()) }
    }

    /// Stops it; one that did not answer may never end by itself, and another may not heed that it is to end.
    pub fn stop(mut self, is_broken: bool) {
        if is_broken {
            let _ = self.child.kill();
        }
        let _ = writeln!(self.stdin, "{}", json!({"cmd": "stop"}));
        drop(self.stdin);
        let asked = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) {
            if asked.elapsed() > PATIENCE {
                let _ = self.child.kill();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}
