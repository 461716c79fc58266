use core::error::Error;
use core::fmt;

use crate::configuration::ConfigurationError;

/// Why a service did not start, or a command was not carried out.
#[derive(Debug)]
pub struct StartError {
    setting: String,
    source: Box<dyn Error + Send + Sync>,
}

impl StartError {
    /// Names the setting of an error.
    pub(crate) fn of<E>(setting: &str) -> impl Fn(E) -> Self + use<E>
    where
        E: Into<Box<dyn Error + Send + Sync>>,
    {
        let setting = setting.to_owned();
        move |source| Self { setting: setting.clone(), source: source.into() }
    }

    /// The setting, or the argument, that it is about.
    #[must_use]
    pub fn setting(&self) -> &str {
        &self.setting
    }

    /// All of it in one line, as a person at a terminal reads it.
    #[must_use]
    pub fn line(&self) -> String {
        let mut line = self.to_string();
        let mut source = self.source();
        while let Some(error) = source {
            line = format!("{line}: {error}");
            source = error.source();
        }
        line
    }
}

impl From<ConfigurationError> for StartError {
    fn from(error: ConfigurationError) -> Self {
        Self { setting: "the configuration".to_owned(), source: Box::new(error) }
    }
}

impl fmt::Display for StartError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be used", self.setting)
    }
}

impl Error for StartError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}
