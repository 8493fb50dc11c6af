package org.byoemail.platform.audit;

import java.util.LinkedHashMap;
import java.util.Map;
import org.byoemail.platform.access.Person;
import org.byoemail.platform.access.PersonChanged;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Records what is done with people, in the transaction of the change. */
@Component
class PersonEntries {
  private final AuditLog audit;

  PersonEntries(AuditLog audit) {
    this.audit = audit;
  }

  @EventListener
  void changed(PersonChanged event) {
    Person person = event.person();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("email", person.email());
    details.put("roles", person.roleWords());
    if (!event.fields().isEmpty()) {
      details.put("changed", event.fields());
    }
    audit.record("person." + event.change().word(), person.id(), person.organization(), details);
  }
}
