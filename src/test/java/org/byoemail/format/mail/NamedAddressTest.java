package org.byoemail.format.mail;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NamedAddressTest {
  /** Name and address of each, as they were written. */
  private static String read(String field) {
    return NamedAddress.parseAll(field).stream()
        .map(each -> (each.name() + " <" + each.address().written() + ">").strip())
        .collect(Collectors.joining(" + "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // blanks and comments
        "< a@x.test > | <a@x.test>",
        "A < a @ x.test > | A <a@x.test>",
        "Pete(A nice \\) chap) <pete(his account)@silly.test(his host)> | Pete <pete@silly.test>",
        "pete(his account)@silly.test | his account <pete@silly.test>",
        "Joe <joe@x.test (home)> | Joe <joe@x.test>",
        "mary@x.test, , jdoe@test  . example | <mary@x.test> + <jdoe@test.example>",
        "joe @ x.test | <joe@x.test>",
        "A Group(Some people) :Chris <c@(the host.)public.test>, joe@x.test, J <j@one.test> (friend);"
            + " | Chris <c@public.test> + <joe@x.test> + J <j@one.test>",
        "(Empty list)(start)Hidden :(nobody)  ; | ``",
        // odd addresses
        "Scanner <scan@[192.168.1.20]> | Scanner <scan@[192.168.1.20]>",
        "scan@[IPv6:2001:db8::1] | <scan@[ipv6:2001:db8::1]>",
        "x <root@my_host.local> | x <root@my_host.local>",
        "a@host. | <a@host.>",
        "<a@host-.test> | <a@host-.test>",
        "\"two words\"@x.test | <\"two words\"@x.test>",
        "T <\"two words\"@x.test> | T <\"two words\"@x.test>",
        "T <\"a>b\"@x.test> | T <\"a>b\"@x.test>",
        "T <two words@x.test> | T <two words@x.test>",
        "Mail <MAILER-DAEMON> | Mail <MAILER-DAEMON>",
        "a..b@docomo.test | <a..b@docomo.test>",
        "<John.Doe@X.Test> | <John.Doe@x.test>",
        "'ada@x.test' | <ada@x.test>",
        "Ada [mailto:ada@x.test] | <ada@x.test>",
        "<smtp:ada@x.test> | <ada@x.test>",
        "<@a.test,@b.test:c@d.test> | <c@d.test>",
        // specials in encoded words and quotes
        "=?UTF-8?Q?sales@shop.test,_J=C3=BCrgen?= <n@x.test> | sales@shop.test, Jürgen <n@x.test>",
        "=?UTF-8?Q?J=C3=BCrgen_(Vertrieb)?= <j@x.test> | Jürgen (Vertrieb) <j@x.test>",
        "=?utf-8?Q?Team:_one;_two?= <t@x.test>, b@x.test | Team: one; two <t@x.test> + <b@x.test>",
        "=?utf-8?Q?a<b@c>?= <d@x.test> | a<b@c> <d@x.test>",
        "=?utf-8?Q?Ada <ada@x.test>, =?utf-8?Q?Bob?= <bob@x.test>"
            + " | Ada <ada@x.test> + Bob <bob@x.test>",
        "=?utf-8?Q?Ada_=3Cada=40x.test=3E?= | Ada <ada@x.test>",
        "\"boss@corp.test <boss@corp.test>\" <eve@x.test>"
            + " | boss@corp.test <boss@corp.test> <eve@x.test>",
        "\"Jane, (the) \\\"Boss\\\"\" <j@x.test> | Jane, (the) \"Boss\" <j@x.test>",
        // names
        "Ada Lovelace ada@x.test | Ada Lovelace <ada@x.test>",
        "\"Lovelace, Ada\" ada@x.test | Lovelace, Ada <ada@x.test>",
        "Ada Lovelace ada@x.test, bob@x.test | Ada Lovelace <ada@x.test> + <bob@x.test>",
        "Lovelace, Ada <ada@x.test> | Lovelace, Ada <ada@x.test>",
        "<ada@x.test> Ada | Ada <ada@x.test>",
        "\"\" <ada@x.test> | <ada@x.test>",
        // separators
        "a@x.test; b@x.test | <a@x.test> + <b@x.test>",
        "a@x.test b@x.test | <a@x.test> + <b@x.test>",
        "A <a@x.test> B <b@x.test> | A <a@x.test> + B <b@x.test>",
        "<a@x.test><b@x.test> | <a@x.test> + <b@x.test>",
        "<<a@x.test>> | <a@x.test>",
        "A <a@x.test, b@x.test | A <a@x.test> + <b@x.test>",
        // halves of pairs
        "\"Ada <ada@x.test> | Ada <ada@x.test>",
        "Ada (Sales <ada@x.test> | Ada (Sales <ada@x.test>",
      })
  void addressesAreReadAsTheyWereMeant(String field, String expected) {
    assertThat(read(field)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"",
        "(",
        "<",
        ">",
        "@ ",
        "a@ ",
        "\"@",
        "=?a?Q?",
        "=?a?Q?, ",
        "<\">",
        "[",
        "a@[",
        "\\",
        ",a",
        "(\"",
        "<(",
        "a . ",
        "<a@b>",
        "a@b <",
        ": ",
        "''",
        "=?a?B? ?= "
      })
  void hostileFieldIsReadInTime(String unit) {
    String field = unit.repeat((64 << 10) / unit.length());

    Assertions.assertTimeout(Duration.ofSeconds(2), () -> NamedAddress.parseAll(field));
  }

  @Test
  void numberOfAddressesIsBounded() {
    List<NamedAddress> found = NamedAddress.parseAll("a@x.test b@x.test, ".repeat(3_000));

    assertThat(found).hasSize(2_000);
  }
}
