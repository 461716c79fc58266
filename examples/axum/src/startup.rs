use core::error::Error;
use core::fmt;

/// A setting that the service cannot start with.
#[derive(Debug)]
pub struct StartupError {
    setting: &'static str,
    source: Box<dyn Error + Send + Sync>,
}

impl StartupError {
    /// Names the setting of an error.
    pub fn of<E: Into<Box<dyn Error + Send + Sync>>>(setting: &'static str) -> impl Fn(E) -> Self {
        move |source| Self { setting, source: source.into() }
    }

    /// The whole chain in one line, as a person at a terminal reads it.
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

impl fmt::Display for StartupError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} cannot be used", self.setting)
    }
}

impl Error for StartupError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        Some(&*self.source)
    }
}
