package org.byoemail.console;

import java.util.Map;
import java.util.UUID;
import java.util.function.BiPredicate;
import org.byoemail.platform.access.Caller;

/**
 * Which rows of the pages below {@code /console/} a person may see, by the first segment of the
 * path.
 */
interface RowAccess {
  /** By that segment, whether the person may see the row with an id. */
  Map<String, BiPredicate<Caller, UUID>> byPath();
}
