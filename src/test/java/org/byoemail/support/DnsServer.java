package org.byoemail.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SRVRecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * A DNS server on loopback (UDP) with the records that a test gives it; all other names do not
 * exist. Safe for use by several threads; closed by its test.
 */
public final class DnsServer implements AutoCloseable {
  private static final long TTL = 60;
  private static final int MAX_BYTES = 4096;
  private static final int MAX_ALIASES = 5;
  private static final int MAX_STRING = 255;

  private final DatagramSocket socket;
  private final List<Record> records = new CopyOnWriteArrayList<>();
  private final List<String> queries = new CopyOnWriteArrayList<>();
  private volatile boolean silent;
  private volatile int rcode = Rcode.NOERROR;

  public DnsServer() {
    try {
      socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread thread = new Thread(this::serve, "test-dns");
    thread.setDaemon(true);
    thread.start();
  }

  /** As {@code byo.discovery.resolver} takes it. */
  public String address() {
    return "127.0.0.1:" + socket.getLocalPort();
  }

  /** What was asked, such as {@code example.test. MX}. */
  public List<String> queries() {
    return List.copyOf(queries);
  }

  public DnsServer mx(String domain, int preference, String host) {
    records.add(new MXRecord(name(domain), DClass.IN, TTL, preference, name(host)));
    return this;
  }

  public DnsServer srv(String service, int priority, int weight, int port, String target) {
    records.add(new SRVRecord(name(service), DClass.IN, TTL, priority, weight, port, name(target)));
    return this;
  }

  public DnsServer cname(String alias, String target) {
    records.add(new CNAMERecord(name(alias), DClass.IN, TTL, name(target)));
    return this;
  }

  public DnsServer txt(String name, String text) {
    List<String> strings = new ArrayList<>();
    for (int start = 0; start < text.length() || start == 0; start += MAX_STRING) {
      strings.add(text.substring(start, Math.min(text.length(), start + MAX_STRING)));
    }
    records.add(new TXTRecord(name(name), DClass.IN, TTL, strings));
    return this;
  }

  /** Takes all records of a name away. */
  public void remove(String name) {
    records.removeIf(record -> record.getName().equals(name(name)));
  }

  /** Answers no more. */
  public void beSilent() {
    silent = true;
  }

  /** Answers again, as at its start. */
  public void recover() {
    silent = false;
    rcode = Rcode.NOERROR;
  }

  /** Answers everything with that error, a constant of {@link Rcode}. */
  public void fail(int code) {
    rcode = code;
  }

  private void serve() {
    byte[] buffer = new byte[MAX_BYTES];
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        Message query = new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
        Record question = query.getQuestion();
        queries.add(question.getName() + " " + Type.string(question.getType()));
        if (!silent) {
          byte[] answer = answer(query, question).toWire();
          socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      } catch (IOException e) {
        if (!socket.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private Message answer(Message query, Record question) {
    Message answer = new Message(query.getHeader().getID());
    answer.getHeader().setFlag(Flags.QR);
    answer.getHeader().setFlag(Flags.RA);
    answer.addRecord(question, Section.QUESTION);
    answer.getHeader().setRcode(rcode);
    Name name = question.getName();
    // As a recursive resolver: the alias, and what it leads to.
    for (int aliases = 0; rcode == Rcode.NOERROR && aliases < MAX_ALIASES; aliases++) {
      Name owner = name;
      List<Record> found = records.stream().filter(r -> r.getName().equals(owner)).toList();
      if (found.isEmpty() && aliases == 0) {
        answer.getHeader().setRcode(Rcode.NXDOMAIN);
      }
      for (Record record : found) {
        boolean alias = record instanceof CNAMERecord;
        if (alias || record.getType() == question.getType()) {
          answer.addRecord(record, Section.ANSWER);
        }
        if (alias) {
          name = ((CNAMERecord) record).getTarget();
        }
      }
      if (name.equals(owner)) {
        break;
      }
    }
    return answer;
  }

  private static Name name(String text) {
    try {
      return Name.fromString(text, Name.root);
    } catch (TextParseException e) {
      throw new IllegalArgumentException(e);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
