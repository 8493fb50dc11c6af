package org.byoemail.inbound.ingest;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.byoemail.format.mail.OrganizationId;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What is for tests only.
 *
 * @param organizations in which mail can be injected instead of sent to a mailbox
 */
@ConfigurationProperties("byo.test")
record TestSettings(@DefaultValue List<String> organizations) {

  TestSettings {
    organizations = List.copyOf(organizations);
    organizations.forEach(OrganizationId::parse);
  }

  Set<OrganizationId> testOrganizations() {
    return organizations.stream().map(OrganizationId::parse).collect(Collectors.toSet());
  }
}
