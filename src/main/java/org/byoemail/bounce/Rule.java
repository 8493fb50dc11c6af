package org.byoemail.bounce;

import java.util.Optional;
import org.byoemail.mime.ParsedMail;

/** One way in which a mail speaks of another. */
@FunctionalInterface
interface Rule {

  /** What the mail is; empty where this rule does not know it. */
  Optional<Classification> read(ParsedMail mail);
}
