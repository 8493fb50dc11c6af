package org.byoemail.inbound.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
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

  /**
   * Reads a mail; empty if its bytes are gone, or the reader fails at it.
   *
   * @throws UncheckedIOException if the content store cannot be read at present
   */
  Optional<Read> read(StoredMail mail) {
    ParsedMail parsed;
    try (InputStream raw = contents.open(Objects.requireNonNull(mail.raw()))) {
      parsed = parser.parse(raw);
    } catch (IOException e) {
      throw new UncheckedIOException("the raw mail " + mail.id() + " cannot be read", e);
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof NoSuchFileException) {
        return Optional.empty();
      }
      throw e;
    } catch (RuntimeException | StackOverflowError e) {
      log.warn("mail {} cannot be read again, and stays as it is", mail.id(), e);
      return Optional.empty();
    }
    Screening screening =
        Screening.of(parsed, List.of(), mail.authentic(), mail.forged())
            .without(allowed(Objects.requireNonNull(mail.agent())));
    return Optional.of(new Read(mail, parsed.text(), screening));
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
