package org.byoemail.account.discovery;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.byoemail.account.connection.Deadline;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedResolver;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * Looks up DNS records with dnsjava, at the resolver of {@code byo.discovery.resolver} or the
 * resolvers of the system. Nothing is cached. Safe for use by many threads.
 */
@Component
class DnsNameServer implements NameServer {
  private static final Duration TRY = Duration.ofSeconds(2);
  private static final Duration MAX_TIME = Duration.ofSeconds(6);
  private static final int MAX_ALIASES = 5;

  private final Resolver resolver;

  DnsNameServer(DiscoverySettings settings) {
    InetSocketAddress address = settings.resolverAddress();
    this.resolver = address == null ? new ExtendedResolver() : new SimpleResolver(address);
    resolver.setTimeout(TRY);
  }

  @Override
  public List<MailExchanger> mx(String domain, Deadline deadline) throws LookupFailed {
    return lookUp(domain, Type.MX, deadline).stream()
        .map(MXRecord.class::cast)
        .map(record -> new MailExchanger(record.getPriority(), host(record.getTarget())))
        .sorted(Comparator.comparingInt(MailExchanger::preference))
        .toList();
  }

  @Override
  public List<Service> srv(String name, Deadline deadline) throws LookupFailed {
    return lookUp(name, Type.SRV, deadline).stream()
        .map(SRVRecord.class::cast)
        .map(
            record ->
                new Service(
                    record.getPriority(),
                    record.getWeight(),
                    record.getPort(),
                    host(record.getTarget())))
        .sorted(
            Comparator.comparingInt(Service::priority)
                .thenComparing(Comparator.comparingInt(Service::weight).reversed()))
        .toList();
  }

  @Override
  public List<String> txt(String name, Deadline deadline) throws LookupFailed {
    return lookUp(name, Type.TXT, deadline).stream()
        .map(TXTRecord.class::cast)
        .map(record -> String.join("", record.getStrings()))
        .toList();
  }

  @Override
  public @Nullable String cname(String name, Deadline deadline) throws LookupFailed {
    return lookUp(name, Type.CNAME, deadline).stream()
        .map(CNAMERecord.class::cast)
        .map(record -> host(record.getTarget()))
        .findFirst()
        .orElse(null);
  }

  /** The records of that type, at the end of a short chain of aliases. */
  private List<Record> lookUp(String text, int type, Deadline deadline) throws LookupFailed {
    Name name;
    try {
      name = Name.fromString(text, Name.root);
    } catch (TextParseException e) {
      throw new LookupFailed(text + " is not a domain name", true);
    }
    Message answer = ask(name, type, deadline);
    int code = answer.getRcode();
    if (code == Rcode.NXDOMAIN) {
      return List.of();
    }
    if (code != Rcode.NOERROR) {
      throw new LookupFailed("DNS answered " + Rcode.string(code) + " for " + text, true);
    }
    List<Record> section = answer.getSection(Section.ANSWER);
    Name owner = name;
    for (int aliases = 0; aliases <= MAX_ALIASES; aliases++) {
      List<Record> found = of(section, owner, type);
      List<Record> alias = type == Type.CNAME ? List.of() : of(section, owner, Type.CNAME);
      if (!found.isEmpty() || alias.isEmpty()) {
        return found;
      }
      owner = ((CNAMERecord) alias.get(0)).getTarget();
    }
    return List.of();
  }

  private static List<Record> of(List<Record> section, Name owner, int type) {
    List<Record> found = new ArrayList<>();
    for (Record record : section) {
      if (found.size() < MAX_RECORDS
          && record.getType() == type
          && record.getDClass() == DClass.IN
          && record.getName().equals(owner)) {
        found.add(record);
      }
    }
    return found;
  }

  private Message ask(Name name, int type, Deadline deadline) throws LookupFailed {
    String text = name.toString(true);
    try {
      return resolver
          .sendAsync(Message.newQuery(Record.newRecord(name, type, DClass.IN)))
          .toCompletableFuture()
          .get(Math.max(1, deadline.orIn(MAX_TIME).left().toMillis()), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new LookupFailed("DNS did not answer in time for " + text);
    } catch (ExecutionException e) {
      throw new LookupFailed("DNS did not answer for " + text);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LookupFailed("interrupted while " + text + " was looked up");
    }
  }

  private static String host(Name name) {
    return name.equals(Name.root) ? "" : name.toString(true).toLowerCase(Locale.ROOT);
  }
}
