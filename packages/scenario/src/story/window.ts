/** First virtual page of the window that stories play in: address 0x1000_0000_0000 of 4K pages. */
export const STORY_BASE_VPN: number = 2 ** 32;
