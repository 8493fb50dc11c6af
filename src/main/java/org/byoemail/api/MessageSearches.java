package org.byoemail.api;

import java.util.List;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.access.Page;
import org.byoemail.platform.access.ResponseBudget;
import org.byoemail.platform.search.MessageSearch;
import org.byoemail.platform.search.SearchHit;
import org.byoemail.platform.search.SearchQuery;
import org.byoemail.platform.search.SearchRefused;
import org.byoemail.platform.search.SearchTooSlow;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Full-text searches of what a caller sees. Thread-safe. */
@Component
class MessageSearches {
  /** Two hundred rows of 1,000 characters each for subject, sender, recipients and snippet. */
  private static final long SEARCH_BYTES = 4 << 20;

  private final MessageReader reader;
  private final MessageSearch search;
  private final ResponseBudget budget;

  MessageSearches(MessageReader reader, MessageSearch search, ResponseBudget budget) {
    this.reader = reader;
    this.search = search;
    this.budget = budget;
  }

  /**
   * A page of hits.
   *
   * @param organization null: every one that the caller sees
   * @throws FieldsRefused if the query cannot be read, or takes too long
   */
  Page<MessageEntry> find(
      Caller caller,
      @Nullable OrganizationId organization,
      String q,
      @Nullable String cursor,
      int rows) {
    budget.take(SEARCH_BYTES);
    try {
      List<SearchHit> hits =
          search.find(
              new MessageSearch.Request(SearchQuery.read(q), organization, caller.scope()),
              cursor == null || cursor.isEmpty() ? null : cursor,
              rows + 1);
      String next = hits.size() > rows ? hits.get(rows - 1).cursor() : null;
      return new Page<>(
          reader.labelled(hits.stream().limit(rows).map(MessageEntry::of).toList()), next);
    } catch (SearchRefused e) {
      throw new FieldsRefused(e.field(), String.valueOf(e.getMessage()));
    } catch (SearchTooSlow e) {
      throw new FieldsRefused("q", String.valueOf(e.getMessage()));
    }
  }
}
