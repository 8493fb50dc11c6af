package org.byoemail.format.report;

import java.util.Optional;
import org.byoemail.format.mime.ParsedMail;

/** One way in which a mail speaks of another. */
@FunctionalInterface
interface ReferenceRule {

  /** What the mail is; empty where this rule does not know it. */
  Optional<Classification> read(ParsedMail mail);
}
