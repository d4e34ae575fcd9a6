//! Passwords and keys: from a file descriptor or typed on the terminal, never an argument, which all users of a
//! machine can see.

use std::io::IsTerminal as _;

use anyhow::{Context as _, bail};

/// Something to be read without showing it.
#[derive(Clone, Copy, Debug)]
pub struct Secret {
    /// "a password", as it is asked for.
    pub what: &'static str,
    /// The option that names the descriptor.
    pub option: &'static str,
    pub descriptor: Option<u32>,
}

impl Secret {
    /// One line from the descriptor, or what is typed after `prompt`.
    ///
    /// # Errors
    /// When there is neither.
    pub fn read(self, prompt: &str) -> anyhow::Result<String> {
        let Self { what, option, descriptor } = self;
        if let Some(descriptor) = descriptor {
            let text = std::fs::read_to_string(format!("/dev/fd/{descriptor}"))
                .with_context(|| format!("{option} {descriptor} cannot be read"))?;
            return Ok(text.trim_end_matches(['\r', '\n']).to_owned());
        }
        if !std::io::stdin().is_terminal() {
            bail!("there is no terminal to ask for {what}: give {option}");
        }
        Ok(rpassword::prompt_password(prompt)?)
    }

    /// The same; typed, it must be typed twice.
    ///
    /// # Errors
    /// As [`Self::read`], and when the two differ.
    pub fn read_new(self, prompt: &str) -> anyhow::Result<String> {
        let first = self.read(prompt)?;
        if self.descriptor.is_none() && self.read("The same once more: ")? != first {
            bail!("the two were not the same: nothing was written");
        }
        Ok(first)
    }
}
