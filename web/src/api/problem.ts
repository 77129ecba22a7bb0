import type { components } from './schema'

type Problem = components['schemas']['Problem']

/** Why the server did not do what it was asked for. */
export class Refusal extends Error {
  constructor(
    /** The HTTP status; 0 where the server was not reached. */
    readonly status: number,
    /** The kind of problem, such as `number-taken`. */
    readonly kind: string,
    readonly problem: Problem | undefined,
  ) {
    super(problem?.detail ?? kind)
  }

  static async of(response: Response): Promise<Refusal> {
    const problem: Problem | undefined = await response.json().catch(() => undefined)
    return new Refusal(response.status, problem?.type.replace('/problems/', '') ?? 'unknown', problem)
  }

  static unreachable(): Refusal {
    return new Refusal(0, 'unreachable', undefined)
  }

  /** The id under which the server's log has it. */
  get requestId(): string | undefined {
    return this.problem?.request_id
  }

  /** Somebody else changed the record meanwhile. */
  get isStale(): boolean {
    return this.kind === 'changed-meanwhile'
  }

  /** What is wrong with the fields of what was sent, by their names in it: `/address/city` is `address.city`. */
  get fields(): Record<string, string> {
    const errors = this.problem?.errors ?? []
    return Object.fromEntries(
      errors.flatMap(({ pointer, detail }) =>
        pointer ? [[pointer.slice(1).replaceAll('/', '.'), detail]] : [],
      ),
    )
  }
}
