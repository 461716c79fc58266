//! What is answered to a line.

use core::time::Duration;
use repass::policy::{
    Advice, Breach, BreachAnswer, Checked, Evidence, Policy, Violation, Violations,
};
use serde_json::{Value, json};

use crate::question::{self, Question};

pub(crate) struct Answers<'a> {
    pub(crate) policy: &'a Policy,
    pub(crate) explain: bool,
}

impl Answers<'_> {
    pub(crate) fn to_line(&self, line: &[u8]) -> Result<Value, String> {
        let value = question::parse(line)?;
        let question = Question::of(&value)?;
        let found = self.ask(&question).err();
        let mut answer = json!({"ok": found.is_none()});
        if self.explain {
            let password = question.password.as_ref();
            let warnings =
                password.and_then(|password| self.policy.warnings(password, &question.about));
            answer["warnings"] = self.described(warnings);
            answer["advice"] = found.iter().flat_map(Violations::advice).map(advised).collect();
            answer["requirements"] = self.requirements(&question);
        }
        answer["violations"] = self.described(found);
        Ok(answer)
    }

    fn ask(&self, question: &Question<'_>) -> Result<(), Violations> {
        let Some(password) = &question.password else {
            return self.policy.check_as_typed(question.text, &question.about);
        };
        let is_used = |earlier: &&str| *earlier == question.text;
        let earlier = question.earlier.iter().map(|earlier| (earlier, Duration::ZERO));
        let history = self.policy.check_history(password, earlier, is_used);
        let breach = BreachAnswer::new(password, Breach::seen(question.breaches));
        let evidence = question.old.as_ref().map_or_else(Evidence::of_reset, Evidence::of_change);
        let evidence = evidence.history(&history).breach(&breach);
        self.policy.check_with(password, &question.about, evidence)
    }

    fn described(&self, found: Option<Violations>) -> Value {
        let describe = |violation: Violation| {
            let mut described = parameters(&violation);
            described["code"] = violation.code().into();
            if self.explain {
                described["text"] = violation.to_string().into();
            }
            described
        };
        found.into_iter().flatten().map(describe).collect()
    }

    fn requirements(&self, question: &Question<'_>) -> Value {
        let describe = |line: Checked| {
            let asked = line.requirement;
            json!({"code": asked.code(), "text": asked.to_string(), "state": line.state.name()})
        };
        let password = question.password.iter();
        let lines = password.flat_map(|password| self.policy.checklist(password, &question.about));
        lines.map(describe).collect()
    }
}

fn advised(advice: Advice) -> Value {
    json!({"code": advice.code(), "text": advice.to_string()})
}

/// The parameters and the position, each by its name.
fn parameters(violation: &Violation) -> Value {
    let mut parameters = json!({});
    for (name, param) in violation.params() {
        parameters[name] = match param.attribute() {
            Some(attribute) => attribute.name().into(),
            None => json!(param),
        };
    }
    if let Some(position) = violation.position() {
        parameters["position"] = position.into();
    }
    parameters
}
