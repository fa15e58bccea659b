package io.taskstore;

import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * Which workflows a call is about: those that meet every condition.
 *
 * @param statuses one of these statuses; empty for any
 * @param namePrefix names that begin with exactly these characters
 * @param submittedBy submitted by this one
 * @param created stored within this range
 */
public record WorkflowFilter(
        Set<WorkflowStatus> statuses, Optional<String> namePrefix, Optional<String> submittedBy, TimeRange created) {

    private static final WorkflowFilter ALL =
            new WorkflowFilter(Set.of(), Optional.empty(), Optional.empty(), TimeRange.always());

    /** Checks the texts and copies the set. */
    public WorkflowFilter {
        statuses = Check.set("WorkflowFilter.statuses", statuses);
        Check.given("WorkflowFilter.namePrefix", namePrefix)
                .ifPresent(prefix -> Check.text("WorkflowFilter.namePrefix", prefix, Check.TITLE));
        Check.given("WorkflowFilter.submittedBy", submittedBy)
                .ifPresent(person -> Check.text("WorkflowFilter.submittedBy", person, Check.PERSON));
        Check.given("WorkflowFilter.created", created);
    }

    /** {@return the filter that every workflow passes} */
    public static WorkflowFilter all() {
        return ALL;
    }

    /** {@return the same for workflows in one of these statuses} */
    public WorkflowFilter status(WorkflowStatus... statuses) {
        return new WorkflowFilter(
                Check.set("status", Arrays.asList(Check.given("status", statuses))), namePrefix, submittedBy, created);
    }

    /** {@return the same for workflows whose name begins with exactly these characters} */
    public WorkflowFilter namePrefix(String prefix) {
        return new WorkflowFilter(statuses, Optional.of(Check.given("namePrefix", prefix)), submittedBy, created);
    }

    /** {@return the same for workflows submitted by this one} */
    public WorkflowFilter submittedBy(String person) {
        return new WorkflowFilter(statuses, namePrefix, Optional.of(Check.given("submittedBy", person)), created);
    }

    /** {@return the same for workflows stored within the range} */
    public WorkflowFilter created(TimeRange range) {
        return new WorkflowFilter(statuses, namePrefix, submittedBy, range);
    }

    /** {@return whether the workflow passes; what a storage answers in its own way means the same} */
    public boolean matches(Workflow workflow) {
        Check.given("workflow", workflow);
        return (statuses.isEmpty() || statuses.contains(workflow.status()))
                && namePrefix.map(workflow.name()::startsWith).orElse(true)
                && submittedBy
                        .map(person ->
                                workflow.submittedBy().filter(person::equals).isPresent())
                        .orElse(true)
                && created.contains(workflow.createdAt());
    }
}
