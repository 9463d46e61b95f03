//! JSON text of our own writing, handed to a serde serializer value by value.

use super::scan::{Next, Raw, Scanner, Stop};
use alloc::string::String;
use core::cell::RefCell;
use serde::ser::{Error, Serialize, SerializeMap, SerializeSeq, Serializer};

/// Our writer never nests deeper.
const DEPTH: u32 = 128;

pub(crate) fn serialize<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    let scanner = RefCell::new(Scanner::new(text.as_bytes(), DEPTH, true));
    Value(&scanner).serialize(serializer)
}

struct Value<'s, 'a>(&'s RefCell<Scanner<'a>>);

fn broken<E: Error>(_: Stop) -> E {
    E::custom("not JSON of this crate")
}

fn decoded(raw: Raw<'_>) -> String {
    let mut out = String::new();
    raw.decode_into(&mut out);
    out
}

impl Serialize for Value<'_, '_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let next = self.0.borrow_mut().peek().map_err(broken)?;
        match next {
            Next::String => {
                let raw = self.0.borrow_mut().string().map_err(broken)?;
                if raw.escaped { serializer.serialize_str(&decoded(raw)) } else { serializer.serialize_str(raw.text) }
            }
            Next::Number => {
                let digits = self.0.borrow_mut().number().map_err(broken)?;
                if let Ok(number) = digits.parse::<u64>() {
                    serializer.serialize_u64(number)
                } else if let Ok(number) = digits.parse::<i64>() {
                    serializer.serialize_i64(number)
                } else {
                    serializer.serialize_f64(digits.parse().unwrap_or(0.0))
                }
            }
            Next::True | Next::False => {
                self.0.borrow_mut().literal().map_err(broken)?;
                serializer.serialize_bool(next == Next::True)
            }
            Next::Null => {
                self.0.borrow_mut().literal().map_err(broken)?;
                serializer.serialize_unit()
            }
            Next::Array => {
                let mut items = self.0.borrow_mut().enter_array().map_err(broken)?;
                let mut seq = serializer.serialize_seq(None)?;
                while self.0.borrow_mut().element(&mut items).map_err(broken)? {
                    seq.serialize_element(&Value(self.0))?;
                }
                seq.end()
            }
            Next::Object => {
                let mut items = self.0.borrow_mut().enter_object().map_err(broken)?;
                let mut map = serializer.serialize_map(None)?;
                loop {
                    let name = self.0.borrow_mut().member(&mut items).map_err(broken)?;
                    let Some(name) = name else { break };
                    map.serialize_entry(&decoded(name), &Value(self.0))?;
                }
                map.end()
            }
        }
    }
}
