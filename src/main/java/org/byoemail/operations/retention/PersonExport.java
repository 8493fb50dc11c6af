package org.byoemail.operations.retention;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.byoemail.format.mail.EmailAddress;
import org.byoemail.format.mail.OrganizationId;
import org.byoemail.outbound.bounce.Bounce;
import org.byoemail.outbound.draft.Draft;
import org.byoemail.outbound.submission.RejectedSubmission;
import org.byoemail.outbound.suppression.Suppression;
import org.byoemail.platform.audit.AuditLog;
import org.byoemail.platform.conversation.SearchPage;
import org.byoemail.platform.event.Event;
import org.springframework.stereotype.Component;

/**
 * Reads the personal data of an address in an organisation: what an {@link Erasure} would delete.
 * Reads a page of ids at a time, without much memory or long transactions. Thread-safe.
 */
@Component
public class PersonExport {
  private static final UUID FIRST = new UUID(0, 0);

  private final PersonalData data;
  private final AddressRows naming;
  private final AuditLog audit;

  PersonExport(PersonalData data, AddressRows naming, AuditLog audit) {
    this.data = data;
    this.naming = naming;
    this.audit = audit;
  }

  /** Receives the data in the order of the methods, each kind in chronological order. */
  public interface Reader {
    /** A message that the address sent or received; it may have been deleted meanwhile. */
    void message(UUID id) throws IOException;

    /** An inbound mail that became no message; it may have been deleted meanwhile. */
    void mail(UUID id) throws IOException;

    void event(Event event) throws IOException;

    void bounce(Bounce bounce) throws IOException;

    void suppression(Suppression suppression) throws IOException;

    void rejected(RejectedSubmission rejected) throws IOException;

    void draft(Draft draft) throws IOException;
  }

  /**
   * Reads all data. The audit log records the export without the address.
   *
   * @throws IOException if the receiver throws it
   */
  public void read(OrganizationId organization, EmailAddress person, Reader reader)
      throws IOException {
    audit.recordAlone("person.exported", null, organization, Map.of());
    String address = person.value().toLowerCase(Locale.ROOT);
    searched(after -> data.messages(organization, address, after), reader::message);
    searched(after -> data.mails(organization, address, after), reader::mail);
    events(organization, address, reader);
    paged(after -> naming.bounces(organization, address, after), Bounce::id, reader::bounce);
    for (Suppression suppression : naming.suppressions(organization, address)) {
      reader.suppression(suppression);
    }
    rejected(organization, address, reader);
    paged(after -> naming.drafts(organization, address, after), Draft::id, reader::draft);
  }

  private interface Receiver<T> {
    void receive(T found) throws IOException;
  }

  private static void searched(Function<UUID, SearchPage> search, Receiver<UUID> receiver)
      throws IOException {
    UUID after = FIRST;
    while (after != null) {
      SearchPage page = search.apply(after);
      for (UUID id : page.found()) {
        receiver.receive(id);
      }
      after = page.next();
    }
  }

  private static <T> void paged(
      Function<UUID, List<T>> read, Function<T, UUID> id, Receiver<T> receiver) throws IOException {
    List<T> page = read.apply(FIRST);
    while (!page.isEmpty()) {
      for (T found : page) {
        receiver.receive(found);
      }
      page = read.apply(id.apply(page.get(page.size() - 1)));
    }
  }

  private void events(OrganizationId organization, String address, Reader reader)
      throws IOException {
    AddressMention mention = new AddressMention(address);
    Long after = 0L;
    while (after != null) {
      AddressRows.Events page = naming.events(organization, address, after);
      for (UUID id : page.found()) {
        for (Event event : naming.event(id)) {
          if (mention.isIn(event.data())) {
            reader.event(event.withoutConnectLink());
          }
        }
      }
      after = page.next();
    }
  }

  private void rejected(OrganizationId organization, String address, Reader reader)
      throws IOException {
    AddressMention mention = new AddressMention(address);
    paged(
        after -> naming.rejected(organization, address, after),
        id -> id,
        id -> {
          RejectedSubmission found = naming.rejected(id);
          if (found != null && mention.isIn(found)) {
            reader.rejected(found);
          }
        });
  }
}
