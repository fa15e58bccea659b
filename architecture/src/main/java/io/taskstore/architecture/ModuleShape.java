package io.taskstore.architecture;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.conditions.ArchConditions;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * The shape of one module: which of its types are public, what it may depend on, and what its code never calls.
 * Only the module's own main classes are looked at, wherever the build has put them.
 */
public final class ModuleShape {
    private final String root;
    private final JavaClasses module;
    private final List<String> publicTypes = new ArrayList<>();
    private final List<String> mayUse = new ArrayList<>(List.of("java..", "org.jspecify.."));
    private boolean program;

    ModuleShape(String root, JavaClasses module) {
        this.root = root;
        this.module = module;
        mayUse.add(root + "..");
    }

    /**
     * Starts with a module that has no public types and uses nothing but the JDK's {@code java} packages.
     *
     * @param rootPackage the package that all classes of the module live in or below
     * @return the shape, to be refined and then verified
     */
    public static ModuleShape of(String rootPackage) {
        return new ModuleShape(rootPackage, MainClasses.of(rootPackage));
    }

    /**
     * Names public top-level types; all names together are the exact set.
     *
     * @param names relative to the root package, such as {@code "Task"} or {@code "spi.Storage"}
     * @return this
     */
    public ModuleShape publicTypes(String... names) {
        publicTypes.addAll(List.of(names));
        return this;
    }

    /**
     * Allows dependencies beside the JDK's {@code java} packages, JSpecify and the module itself.
     *
     * @param packages such as {@code "org.slf4j.."} with what is below, or {@code "io.taskstore"} alone
     * @return this
     */
    public ModuleShape mayUse(String... packages) {
        mayUse.addAll(List.of(packages));
        return this;
    }

    /**
     * Makes it a program instead of a library: it prints, waits, exits, reads the system clock, and its public types
     * are promised to nobody.
     *
     * @return this
     */
    public ModuleShape program() {
        program = true;
        return this;
    }

    /**
     * Verifies the whole shape.
     *
     * @throws AssertionError with everything that is not in shape
     */
    public void verify() {
        List<String> violations = new ArrayList<>();
        if (!program) {
            violations.addAll(publicTypesThatDiffer());
        }
        rules().map(rule -> rule.allowEmptyShould(true).evaluate(module))
                .filter(result -> result.hasViolation())
                .forEach(result -> violations.add(result.getFailureReport().toString()));
        if (!violations.isEmpty()) {
            throw new AssertionError(root + " is not in shape:\n" + String.join("\n", violations));
        }
    }

    private List<String> publicTypesThatDiffer() {
        var expected =
                publicTypes.stream().map(name -> root + "." + name).collect(Collectors.toCollection(TreeSet::new));
        var actual = module.stream()
                .filter(type -> type.isTopLevelClass() && type.getModifiers().contains(JavaModifier.PUBLIC))
                .map(JavaClass::getName)
                .collect(Collectors.toCollection(TreeSet::new));
        var missing = new TreeSet<>(expected);
        missing.removeAll(actual);
        var surplus = new TreeSet<>(actual);
        surplus.removeAll(expected);
        List<String> differences = new ArrayList<>();
        if (!missing.isEmpty()) {
            differences.add("Public types that are listed but do not exist: " + missing);
        }
        if (!surplus.isEmpty()) {
            differences.add("Types that are public but not listed: " + surplus);
        }
        return differences;
    }

    private Stream<ArchRule> rules() {
        var always = Stream.of(
                stayInTheRootPackage(),
                nullMarked(),
                hiddenClassesAreFinal(),
                packagesHaveNoCycles(),
                rootNeverUsesSpi(),
                spiUsesTheRootOnly(),
                onlyAllowedDependencies());
        var calls = program
                ? ForbiddenUse.everywhere()
                : Stream.concat(ForbiddenUse.everywhere(), ForbiddenUse.inLibraries());
        return Stream.concat(always, calls);
    }

    private ArchRule stayInTheRootPackage() {
        return classes().should().resideInAPackage(root + "..").because("no package is split between modules");
    }

    private ArchRule nullMarked() {
        return classes()
                .should(be(
                        "in a package that is @NullMarked",
                        type -> type.getPackage().isAnnotatedWith(NullMarked.class)))
                .because("nullness is checked nowhere else");
    }

    private ArchRule hiddenClassesAreFinal() {
        return classes()
                .that()
                .areTopLevelClasses()
                .and()
                .areNotPublic()
                .should(be("final, abstract or sealed", ModuleShape::isClosed));
    }

    private ArchRule packagesHaveNoCycles() {
        return slices().matching("(" + root + "..)").should().beFreeOfCycles();
    }

    private ArchRule rootNeverUsesSpi() {
        return noClasses()
                .that()
                .resideInAPackage(root)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(root + ".spi..");
    }

    private ArchRule spiUsesTheRootOnly() {
        var elsewhere = resideInAPackage(root + "..").and(not(resideInAnyPackage(root, root + ".spi..")));
        return noClasses().that().resideInAPackage(root + ".spi..").should().dependOnClassesThat(elsewhere);
    }

    private ArchRule onlyAllowedDependencies() {
        return classes().should().onlyDependOnClassesThat().resideInAnyPackage(mayUse.toArray(String[]::new));
    }

    private static boolean isClosed(JavaClass type) {
        return type.getModifiers().contains(JavaModifier.FINAL)
                || type.getModifiers().contains(JavaModifier.ABSTRACT)
                || type.isEnum()
                || type.isSealed();
    }

    private static ArchCondition<JavaClass> be(String description, Predicate<JavaClass> predicate) {
        return ArchConditions.be(DescribedPredicate.describe(description, predicate));
    }
}
