package org.byoemail.format.report;

import java.util.Optional;
import org.byoemail.format.mime.ParsedMail;

/** Recognises one kind of mail that refers to another mail. */
@FunctionalInterface
interface ReferenceRule {

  /** Empty if the mail is not of this kind. */
  Optional<Classification> read(ParsedMail mail);
}
