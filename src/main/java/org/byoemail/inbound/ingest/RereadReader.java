package org.byoemail.inbound.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.byoemail.account.registry.Agent;
import org.byoemail.account.registry.Agents;
import org.byoemail.account.registry.FindingAction;
import org.byoemail.format.mail.AgentId;
import org.byoemail.format.mime.MailParser;
import org.byoemail.format.mime.ParsedMail;
import org.byoemail.platform.conversation.ContentStore;
import org.byoemail.platform.conversation.ContentStore.Piece;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Reads a stored mail again from its raw bytes. Needs no transaction. Safe for use by many threads.
 */
@Component
class RereadReader {
  private static final Logger log = LoggerFactory.getLogger(RereadReader.class);

  private final ContentStore contents;
  private final Agents agents;
  private final MailParser parser = new MailParser();

  RereadReader(ContentStore contents, Agents agents) {
    this.contents = contents;
    this.agents = agents;
  }

  /** What was read. */
  record Read(StoredMail mail, String text, Screening screening) {}

  /** The content store is not there at present: says nothing of any mail. */
  static final class StoreAway extends RuntimeException {
    private static final long serialVersionUID = 1;

    StoreAway(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /**
   * Reads a mail; empty if its bytes are gone, or the reader fails at it.
   *
   * @throws StoreAway if the content store is not there
   * @throws UncheckedIOException if the bytes are there, but cannot be read
   */
  Optional<Read> read(StoredMail mail) {
    ParsedMail parsed;
    Piece piece = Objects.requireNonNull(mail.raw());
    try (InputStream raw = contents.open(piece)) {
      parsed = parser.parse(raw);
    } catch (IOException e) {
      return unread(mail, piece, new UncheckedIOException("the raw mail " + mail.id(), e));
    } catch (UncheckedIOException e) {
      return unread(mail, piece, e);
    } catch (RuntimeException | StackOverflowError e) {
      log.warn("mail {} cannot be read again, and stays as it is", mail.id(), e);
      return Optional.empty();
    }
    Screening screening =
        Screening.of(parsed, List.of(), mail.isAuthentic(), mail.isForged())
            .without(allowed(Objects.requireNonNull(mail.agent())));
    return Optional.of(new Read(mail, parsed.text(), screening));
  }

  private Optional<Read> unread(StoredMail mail, Piece piece, UncheckedIOException failure) {
    if (isStored(piece)) {
      throw failure;
    }
    log.warn("mail {} stays as it is: its raw bytes are gone", mail.id());
    return Optional.empty();
  }

  // A folder that is not mounted is empty, or missing: then nothing is known of one content.
  private boolean isStored(Piece piece) {
    ContentStore.Step first;
    try {
      if (contents.storedAt(piece.sha256()).isPresent()) {
        return true;
      }
      first = contents.list("", 1);
    } catch (UncheckedIOException e) {
      throw new StoreAway("the content store cannot be read", e);
    }
    if (first.sha256s().isEmpty() && first.next().isEmpty()) {
      throw new StoreAway("the content store is empty: is it mounted?", null);
    }
    return false;
  }

  private Set<String> allowed(AgentId id) {
    Map<String, FindingAction> actions =
        agents.find(id).map(Agent::contactPolicy).map(one -> one.findings()).orElse(Map.of());
    return actions.entrySet().stream()
        .filter(one -> one.getValue() == FindingAction.ALLOW)
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }
}
