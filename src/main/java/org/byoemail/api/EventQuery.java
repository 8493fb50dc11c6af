package org.byoemail.api;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.operations.setup.FieldsRefused;
import org.byoemail.platform.access.Caller;
import org.byoemail.platform.event.EventCursors;
import org.byoemail.platform.event.EventFilter;
import org.byoemail.platform.event.EventType;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.annotations.ParameterObject;

/**
 * The events that a request asks for.
 *
 * @param after the position after which to start
 * @param cursor the name of an event cursor after which to start
 * @param organization every organization that the key may see unless given
 * @param type event types, separated by commas; every type unless given
 * @param agent id of an agent
 * @param account id of an account
 */
@ParameterObject
record EventQuery(
    @Nullable String after,
    @Nullable String cursor,
    @Nullable String organization,
    @Nullable List<String> type,
    @Nullable String agent,
    @Nullable String account) {

  private static final Set<String> TYPES =
      Arrays.stream(EventType.values()).map(EventType::word).collect(Collectors.toSet());

  /**
   * The filter.
   *
   * @throws FieldsRefused naming what is wrong
   */
  EventFilter filter(Caller caller) {
    Set<String> types = type == null ? Set.of() : Set.copyOf(type);
    if (!TYPES.containsAll(types)) {
      throw new FieldsRefused(
          "type", "must be among " + String.join(", ", TYPES.stream().sorted().toList()));
    }
    return new EventFilter(
        RequestParams.organization(caller, organization),
        caller.scope(),
        types,
        agent == null ? null : RequestParams.id("agent", agent),
        account == null ? null : RequestParams.id("account", account));
  }

  /** The position after which to start; empty if the request has none. */
  OptionalLong start(Caller caller, EventCursors cursors) {
    if (cursor == null) {
      return position("after", after);
    }
    if (after != null) {
      throw new FieldsRefused("cursor", "cannot be given with after");
    }
    if (caller.scope() != null) {
      throw new BindingForbidden();
    }
    OrganizationId owner = EventCursorsController.owner(caller, organization);
    return OptionalLong.of(
        cursors.find(owner, cursor).map(EventCursors.Cursor::position).orElse(0L));
  }

  static OptionalLong position(String field, @Nullable String text) {
    try {
      return text == null || text.isEmpty()
          ? OptionalLong.empty()
          : OptionalLong.of(Long.parseLong(text));
    } catch (NumberFormatException e) {
      throw new FieldsRefused(field, "must be the position of an event");
    }
  }
}
