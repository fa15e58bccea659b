package io.taskstore.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What code of this project does not use, whether it calls it or refers to it with {@code ::}. */
final class ForbiddenUse {
    private ForbiddenUse() {}

    /** Forbidden in libraries and programs alike. */
    static Stream<ArchRule> everywhere() {
        var loading = to(Class.class, "forName").or(to(ClassLoader.class, "loadClass"));
        var serialization = assignableTo("java.io.ObjectInputStream").or(assignableTo("java.io.ObjectOutputStream"));
        return Stream.of(
                rule("load classes by name", "no class name ever comes from data", loading),
                noClasses()
                        .should()
                        .dependOnClassesThat(serialization)
                        .as("no classes should serialize objects")
                        .because("data is JSON text"),
                noClasses()
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("java.util.logging..")
                        .as("no classes should use java.util.logging")
                        .because("logging goes through slf4j"));
    }

    /** Forbidden in libraries only. */
    static Stream<ArchRule> inLibraries() {
        var sleeping = to(Thread.class, "sleep").or(to(TimeUnit.class, "sleep"));
        var ending = to(System.class, "exit").or(to(Runtime.class, "exit", "halt", "addShutdownHook"));
        var printing = to(System.class, "out", "err").or(to(Throwable.class, "printStackTrace"));
        return Stream.of(
                rule(
                        "read the system clock",
                        "time is a parameter: take an InstantSource",
                        ForbiddenUse::readsTheClock),
                rule("sleep", "code waits for a condition, with time as a parameter", sleeping),
                rule("end the process or hook into its end", "the process belongs to the host", ending),
                rule("print", "logging goes through slf4j", printing));
    }

    private static ArchRule rule(String deed, String reason, Predicate<JavaAccess<?>> forbidden) {
        return noClasses()
                .should()
                .accessTargetWhere(DescribedPredicate.describe(deed, forbidden))
                .as("no classes should " + deed)
                .because(reason);
    }

    private static Predicate<JavaAccess<?>> to(Class<?> owner, String... members) {
        var names = Set.of(members);
        return access ->
                names.contains(access.getName()) && access.getTargetOwner().isAssignableTo(owner);
    }

    private static boolean readsTheClock(JavaAccess<?> access) {
        return to(System.class, "currentTimeMillis").test(access) || isNowOfTheSystem(access);
    }

    private static boolean isNowOfTheSystem(JavaAccess<?> access) {
        return access.getName().equals("now")
                && access.getTargetOwner().getPackageName().startsWith("java.time")
                && access.getTarget() instanceof CodeUnitAccessTarget now
                && now.getRawParameterTypes().stream().noneMatch(type -> type.isEquivalentTo(Clock.class));
    }
}
