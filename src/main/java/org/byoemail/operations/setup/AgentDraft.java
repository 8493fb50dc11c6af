package org.byoemail.operations.setup;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An agent as entered, not validated yet.
 *
 * @param kind what a new agent is for, the word of an {@link AgentKind}; null: no kind
 * @param inbound open, known or listed; null: the kind's, else known
 * @param outbound open, known or listed; null: open
 * @param contacts addresses and domains ({@code @example.org}); null: none
 * @param requireAuthentication whether mail of listed contacts must be authentic; null: true
 * @param findings allow, mark or hold by kind of finding; null: all are marked
 * @param sendingPolicy what gates ask of its mail; null: as it is, or the kind's
 * @param unproven hold or admit; null: hold, unless requireAuthentication is false
 */
public record AgentDraft(
    @Nullable String name,
    @Nullable String kind,
    @Nullable String inbound,
    @Nullable String outbound,
    @Nullable List<@Nullable String> contacts,
    @Nullable Boolean requireAuthentication,
    @Nullable String unproven,
    @Nullable Map<String, @Nullable String> findings,
    @Nullable SendingPolicyDraft sendingPolicy) {

  /** One whose sending policy stays, or is the kind's. */
  public AgentDraft(
      @Nullable String name,
      @Nullable String kind,
      @Nullable String inbound,
      @Nullable String outbound,
      @Nullable List<@Nullable String> contacts,
      @Nullable Boolean requireAuthentication,
      @Nullable String unproven,
      @Nullable Map<String, @Nullable String> findings) {
    this(name, kind, inbound, outbound, contacts, requireAuthentication, unproven, findings, null);
  }

  /** The same, with that sending policy. */
  public AgentDraft with(@Nullable SendingPolicyDraft sending) {
    return new AgentDraft(
        name,
        kind,
        inbound,
        outbound,
        contacts,
        requireAuthentication,
        unproven,
        findings,
        sending);
  }
}
