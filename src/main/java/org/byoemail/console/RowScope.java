package org.byoemail.console;

import java.util.Map;
import java.util.UUID;
import java.util.function.BiPredicate;
import org.byoemail.platform.access.Caller;

/** Which rows of the pages below {@code /console/} a person sees, by the first word of the path. */
interface RowScope {
  /** By that word, whether the person sees the row of that id. */
  Map<String, BiPredicate<Caller, UUID>> byPath();
}
