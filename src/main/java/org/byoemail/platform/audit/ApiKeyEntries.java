package org.byoemail.platform.audit;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.byoemail.platform.access.ApiKey;
import org.byoemail.platform.access.ApiKeyChanged;
import org.byoemail.platform.access.Permission;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Records what is done with API keys, in the transaction of the change. */
@Component
class ApiKeyEntries {
  private final AuditLog audit;

  ApiKeyEntries(AuditLog audit) {
    this.audit = audit;
  }

  @EventListener
  void changed(ApiKeyChanged event) {
    ApiKey key = event.key();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("name", key.name());
    if (key.role() == null) {
      details.put("permissions", Permission.words(key.permissions()));
    } else {
      details.put("role", key.role().word());
    }
    if (key.expiresAt() != null) {
      details.put("expiresAt", key.expiresAt().toString());
    }
    if (event.reason() != null) {
      details.put("reason", event.reason());
    }
    audit.record(
        "api_key." + event.change().name().toLowerCase(Locale.ROOT),
        key.id(),
        key.organization(),
        details);
  }
}
