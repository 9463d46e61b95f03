//! A program that has serde_json as another part of it wants it. What is here are its tests: those of the library.
