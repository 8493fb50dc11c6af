package org.byoemail;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.constructors;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import jakarta.mail.Service;
import jakarta.mail.Session;
import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The rules of structure that module boundaries cannot express. */
@Tag("compute")
class ArchitectureTest {
  private static final Set<Class<?>> CLOCK_READERS =
      Set.of(
          Instant.class,
          LocalDate.class,
          LocalDateTime.class,
          OffsetDateTime.class,
          ZonedDateTime.class);

  private static final ArchRule CAMEL_STAYS_IN_ADAPTERS =
      noClasses()
          .that()
          .resideOutsideOfPackages("..camel..", "..mailbox..")
          .should()
          .dependOnClassesThat()
          .resideInAPackage("org.apache.camel..")
          .because("plain beans are called by name from YAML");

  private static final ArchRule ONLY_CONNECTION_OPENS_SESSIONS =
      noClasses()
          .that(DescribedPredicate.not(resideInAnyPackage("..connection..", "..embedded..")))
          .should()
          .callMethodWhere(call("open a mail session", c -> opensSession(c)))
          .because("addresses are vetted and TLS is checked in one place");

  private static final ArchRule TIME_COMES_FROM_A_CLOCK =
      noClasses()
          .should()
          .callMethodWhere(call("read the machine's clock", ArchitectureTest::readsClock))
          .orShould()
          .callConstructorWhere(
              DescribedPredicate.describe(
                  "new Date()",
                  c ->
                      c.getTargetOwner().isEquivalentTo(Date.class)
                          && c.getTarget().getRawParameterTypes().isEmpty()))
          .because("a test must be able to set the time");

  private static final ArchRule FIELDS_ARE_NOT_INJECTED =
      noFields()
          .should()
          .beAnnotatedWith(Autowired.class)
          .orShould()
          .beAnnotatedWith(Value.class)
          .because("constructors say what a class needs");

  /**
   * They keep something in memory for a time, which no other node sees; compare the times of files;
   * or begin at an id, which is made by the clock of a node, with room for clocks that are apart.
   */
  private static final String[] CLOCKS_BESIDE_SQL = {
    "org.byoemail.platform.conversation.ContentSweep",
    "org.byoemail.inbound.ingest.LoopBreaker",
    "org.byoemail.platform.cluster.NodesAway",
    "org.byoemail.platform.cluster.SendingNodes",
    "org.byoemail.outbound.delivery.SendQuota",
    "org.byoemail.inbound.ingest.QuarantineGauge",
    "org.byoemail.account.registry.AccountGauges",
    "org.byoemail.platform.event.EventLag",
    "org.byoemail.platform.routes.RouteVersions",
    "org.byoemail.outbound.outbox.SendingGauges",
    "org.byoemail.outbound.sentfolder.SentFolders",
    "org.byoemail.webhook.WebhookGauges"
  };

  private static final ArchRule SQL_GOES_BY_THE_CLOCK_OF_THE_DATABASE =
      noClasses()
          .that(
              DescribedPredicate.describe(
                  "hold SQL",
                  c ->
                      !List.of(CLOCKS_BESIDE_SQL).contains(c.getName())
                          && c.getDirectDependenciesFromSelf().stream()
                              .anyMatch(
                                  to ->
                                      to.getTargetClass().isEquivalentTo(JdbcClient.class)
                                          || to.getTargetClass()
                                              .isAssignableTo(JdbcOperations.class))))
          .should()
          .dependOnClassesThat()
          .areAssignableTo(Clock.class)
          .because(
              "what nodes compare is compared by statement_timestamp(): their clocks are apart");

  private static final ArchRule STORAGE_IS_HIDDEN =
      classes()
          .that()
          .haveSimpleNameStartingWith("Jdbc")
          .should()
          .bePackagePrivate()
          .allowEmptyShould(true);

  private static final ArchRule AREAS_POINT_ONE_WAY =
      layeredArchitecture()
          .consideringOnlyDependenciesInLayers()
          .withOptionalLayers(true)
          .layer("format")
          .definedBy("org.byoemail..format..")
          .layer("platform")
          .definedBy("org.byoemail..platform..")
          .layer("account")
          .definedBy("org.byoemail..account..")
          .layer("inbound")
          .definedBy("org.byoemail..inbound..")
          .layer("outbound")
          .definedBy("org.byoemail..outbound..")
          .layer("webhook")
          .definedBy("org.byoemail.webhook..")
          .layer("operations")
          .definedBy("org.byoemail..operations..")
          .layer("entries")
          .definedBy(
              "org.byoemail..api..",
              "org.byoemail..command..",
              "org.byoemail..connect..",
              "org.byoemail..console..",
              "org.byoemail..embedded..")
          .whereLayer("format")
          .mayNotAccessAnyLayer()
          .whereLayer("platform")
          .mayOnlyAccessLayers("format")
          .whereLayer("account")
          .mayOnlyAccessLayers("format", "platform")
          .whereLayer("inbound")
          .mayOnlyAccessLayers("format", "platform", "account")
          .whereLayer("outbound")
          .mayOnlyAccessLayers("format", "platform", "account")
          .whereLayer("webhook")
          .mayOnlyAccessLayers("format", "platform", "account")
          .whereLayer("entries")
          .mayNotBeAccessedByAnyLayer()
          .because("a newcomer reads an area without those above it");

  private static final int MAX_PARAMETERS = 7;

  private static final ArchRule CONSTRUCTORS_ARE_SMALL =
      constructors()
          .that(
              DescribedPredicate.describe(
                  "are of classes that hold more than data",
                  c ->
                      !c.getOwner().isRecord()
                          && !c.getOwner().isEnum()
                          && !c.getOwner().isAnonymousClass()))
          .should(
              ArchCondition.from(
                  DescribedPredicate.describe(
                      "have at most " + MAX_PARAMETERS + " parameters",
                      c -> c.getRawParameterTypes().size() <= MAX_PARAMETERS)))
          .because("more of them show a missing object");

  private static final Map<String, ArchRule> RULES =
      Map.of(
          "constructors are small", CONSTRUCTORS_ARE_SMALL,
          "areas point one way", AREAS_POINT_ONE_WAY,
          "Camel stays in adapters", CAMEL_STAYS_IN_ADAPTERS,
          "only connection opens sessions", ONLY_CONNECTION_OPENS_SESSIONS,
          "time comes from a clock", TIME_COMES_FROM_A_CLOCK,
          "SQL goes by the clock of the database", SQL_GOES_BY_THE_CLOCK_OF_THE_DATABASE,
          "fields are not injected", FIELDS_ARE_NOT_INJECTED,
          "storage is hidden", STORAGE_IS_HIDDEN);

  private static final JavaClasses PROGRAM =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages("org.byoemail");
  private static final JavaClasses MISTAKES =
      new ClassFileImporter().importPackages("org.byoemail.mistakes");

  static Set<String> rules() {
    return RULES.keySet();
  }

  @ParameterizedTest
  @MethodSource("rules")
  void programKeeps(String rule) {
    RULES.get(rule).check(PROGRAM);
  }

  @ParameterizedTest
  @MethodSource("rules")
  void mistakesAreCaughtBy(String rule) {
    assertThat(RULES.get(rule).evaluate(MISTAKES).hasViolation()).isTrue();
  }

  @Test
  void readingMailNeedsNoFramework() {
    noClasses()
        .that(resideInAnyPackage("org.byoemail.format.."))
        .and()
        .doNotHaveSimpleName("package-info")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("org.springframework..", "org.apache.camel..", "jakarta..")
        .check(PROGRAM);
  }

  private static DescribedPredicate<JavaCall<?>> call(
      String description, java.util.function.Predicate<JavaCall<?>> predicate) {
    return DescribedPredicate.describe(description, predicate);
  }

  private static boolean opensSession(JavaCall<?> call) {
    boolean session =
        call.getTargetOwner().isAssignableTo(Session.class)
            && Set.of("getInstance", "getDefaultInstance", "getTransport", "getStore")
                .contains(call.getName());
    return session
        || call.getTargetOwner().isAssignableTo(Service.class) && call.getName().equals("connect");
  }

  private static boolean readsClock(JavaCall<?> call) {
    boolean now =
        CLOCK_READERS.stream().anyMatch(type -> call.getTargetOwner().isEquivalentTo(type))
            && call.getName().equals("now")
            && call.getTarget().getRawParameterTypes().stream()
                .noneMatch(type -> type.isEquivalentTo(java.time.Clock.class));
    return now
        || call.getTargetOwner().isEquivalentTo(System.class)
            && call.getName().equals("currentTimeMillis");
  }
}
