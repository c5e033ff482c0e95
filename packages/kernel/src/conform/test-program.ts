import { accessPage, mmapFixed } from '@ptelab/mm';
import { VM_READ, VM_WRITE } from '@ptelab/pte';
import { STORY_BASE_VPN, type Story } from '@ptelab/scenario';

/** A page of the program below the story's window. */
const OWN_PAGE_VPN = STORY_BASE_VPN - 2 ** 20;

/**
 * The program that made the recordings, as far as it shows in them: the code that touches a page lies
 * in a page of its own. clear_refs makes that one old too, so on a CPU without hardware access flag
 * the next touch takes one more fault.
 */
export class TestProgram {
  readonly #story: Story;

  /** Maps the program's page and brings it in. */
  constructor(story: Story) {
    this.#story = story;
    const prot = VM_READ | VM_WRITE;
    mmapFixed(story.mm, { start: OWN_PAGE_VPN, nr: 1, prot, shared: false, file: null });
    accessPage(story.mm, OWN_PAGE_VPN, 'write');
  }

  /** Runs the touching code; returns the faults that it takes by itself. */
  runTouch(): number {
    return accessPage(this.#story.mm, OWN_PAGE_VPN, 'read').faults;
  }
}
